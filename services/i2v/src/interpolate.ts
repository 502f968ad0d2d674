import type { MessageInitShape } from "@bufbuild/protobuf";
import type { i2v } from "@kinora/contracts";
import { type PlannedFrame, planFrames } from "@kinora/diffusion";
import { AppError, errorMessage } from "@kinora/errors";
import { requireTensor, type TensorOf } from "@kinora/inference";
import { createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";

type Response = MessageInitShape<typeof i2v.InterpolateResponseSchema>;
type FloatTensor = TensorOf<"float32">;

/** Frames in one run of the network: enough to fill the cores, few enough to cancel soon. */
const BATCH = 16;

/** Handler of Interpolate: key frames are copied, every other frame is made by the network. */
export function createInterpolate(host: ModelServiceHost) {
  return async function* interpolate(
    request: i2v.InterpolateRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, numFrames: total } = request;
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    yield { event: { case: "progress", value: { completed: 0, total } } };

    const model = await host.models.get(target.model);
    const keyFrames = await host.artifacts.readTensor(request.keyFrames, "latents", signal);
    const plan = planClip(request, keyFrames);
    const session = await model.session("interpolator");
    const size = keyFrames.dims.slice(1);
    const pixels = size.reduce((a, b) => a * b, 1);
    const data = new Float32Array(total * pixels);
    for (const { frame, keyFrame } of plan) {
      if (keyFrame !== undefined) data.set(frameAt(keyFrames, keyFrame), frame * pixels);
    }
    const missing = plan.filter(({ keyFrame }) => keyFrame === undefined);
    for (let start = 0; start < missing.length; start += BATCH) {
      signal.throwIfAborted();
      const batch = missing.slice(start, start + BATCH);
      const outputs = await host.engine.run(session, feedsOf(batch, keyFrames), {
        signal,
        onComputed: clock.onComputed,
      });
      const what = "The output of interpolator";
      const out = requireTensor(outputs, "out_sample", { type: "float32", rank: 4, what }).data;
      for (const [index, { frame }] of batch.entries()) {
        data.set(out.subarray(index * pixels, (index + 1) * pixels), frame * pixels);
      }
      const completed = total - missing.length + start + batch.length;
      yield { event: { case: "progress", value: { completed, total } } };
    }
    const frames = await host.artifacts.writeTensors(`${target.outputPrefix}frames.safetensors`, {
      latents: { type: "float32", dims: [total, ...size], data },
    });
    yield { event: { case: "result", value: { frames, timings: clock.timings() } } };
  };
}

function planClip(request: i2v.InterpolateRequest, keyFrames: FloatTensor): PlannedFrame[] {
  const { numFrames, framesPerKeyFrame: stride } = request;
  try {
    return planFrames({ keyFrameCount: keyFrames.dims[0] ?? 0, stride, numFrames });
  } catch (error) {
    throw new AppError("invalid_request", { reason: errorMessage(error) }, { cause: error });
  }
}

function frameAt(keyFrames: FloatTensor, index: number): Float32Array {
  const pixels = keyFrames.data.length / (keyFrames.dims[0] ?? 1);
  return keyFrames.data.subarray(index * pixels, (index + 1) * pixels);
}

function feedsOf(batch: readonly PlannedFrame[], keyFrames: FloatTensor) {
  const size = keyFrames.dims.slice(1);
  const pixels = size.reduce((a, b) => a * b, 1);
  const frames = new Float32Array(batch.length * 4 * pixels);
  for (const [row, { window }] of batch.entries()) {
    for (const [column, index] of window.entries()) {
      frames.set(frameAt(keyFrames, index), (row * 4 + column) * pixels);
    }
  }
  const known = Float32Array.from(batch.flatMap(({ known: flags }) => flags.map(Number)));
  return {
    frames: { type: "float32", dims: [batch.length, 4, ...size], data: frames },
    known: { type: "float32", dims: [batch.length, 4], data: known },
    position: {
      type: "float32",
      dims: [batch.length],
      data: Float32Array.from(batch, ({ position }) => position),
    },
  } as const;
}
