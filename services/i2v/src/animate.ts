import type { MessageInitShape } from "@bufbuild/protobuf";
import type { i2v } from "@kinora/contracts";
import { createTorchGenerator, denoise } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { requireTensor, type TensorOf } from "@kinora/inference";
import {
  createStageClock,
  fixedDimensions,
  type ModelServiceHost,
  type StageClock,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { framesFirst } from "./frame-layout.ts";

type Response = MessageInitShape<typeof i2v.AnimateResponseSchema>;
type FloatTensor = TensorOf<"float32">;

/**
 * Handler of Animate: denoises the key frames after the first one, all at once, under the first
 * frame and the text. The result starts with the given frame itself.
 */
export function createAnimate(host: ModelServiceHost) {
  return async function* animate(
    request: i2v.AnimateRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, numInferenceSteps: total } = request;
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    if (total < 1)
      throw new AppError("invalid_request", { reason: "num_inference_steps must be 1 or more." });
    yield { event: { case: "progress", value: { completed: 0, total } } };

    const model = await host.models.get(target.model);
    const firstFrame = await host.artifacts.readTensor(request.firstFrame, "latents", signal);
    const embedding = await host.artifacts.readTensor(request.embedding, "last_hidden_state", signal);
    const session = await model.session("motion_unet");
    const size = fixedDimensions(session, "sample", 4);
    const predict = createPredictor(host, session, {
      clock,
      size,
      firstFrame,
      embedding,
      fps: keyFrameRate(model),
      signal,
    });

    const noise = createTorchGenerator(request.seed).randn(size.reduce((a, b) => a * b, 1));
    const schedule = model.scheduler.createSchedule({ numSteps: total });
    const steps = denoise({ schedule, noise, predict, signal });
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) {
      yield { event: { case: "progress", value: { completed: step.value, total } } };
    }
    const [channels, count, height, width] = size as [number, number, number, number];
    const data = new Float32Array(firstFrame.data.length + step.value.length);
    data.set(firstFrame.data);
    data.set(framesFirst(step.value, { channels, count, pixels: height * width }), firstFrame.data.length);
    const keyFrames = await host.artifacts.writeTensors(`${target.outputPrefix}key-frames.safetensors`, {
      latents: { type: "float32", dims: [count + 1, channels, height, width], data },
    });
    yield { event: { case: "result", value: { keyFrames, timings: clock.timings() } } };
  };
}

interface PredictorOptions {
  readonly clock: StageClock;
  /** [C, T, h, w] */
  readonly size: readonly number[];
  readonly firstFrame: FloatTensor;
  readonly embedding: FloatTensor;
  /** Key frames per second. */
  readonly fps: number;
  readonly signal: AbortSignal;
}

type Session = Awaited<ReturnType<Awaited<ReturnType<ModelServiceHost["models"]["get"]>>["session"]>>;

function createPredictor(host: ModelServiceHost, session: Session, options: PredictorOptions) {
  const { clock, size, firstFrame, embedding, fps, signal } = options;
  const count = size[1] ?? 0;
  const frameTimes = Float32Array.from({ length: count }, (_, index) => (index + 1) / fps);
  const fixed = {
    image_latents: firstFrame,
    encoder_hidden_states: embedding,
    frame_times: { type: "float32", dims: [count], data: frameTimes },
  } as const;
  return async (sample: Float32Array, timestep: number): Promise<Float32Array> => {
    const feeds = {
      ...fixed,
      sample: { type: "float32", dims: [1, ...size], data: sample },
      timestep: { type: "float32", dims: [1], data: Float32Array.of(timestep) },
    } as const;
    const outputs = await host.engine.run(session, feeds, { signal, onComputed: clock.onComputed });
    const what = "The output of motion_unet";
    const out = requireTensor(outputs, "out_sample", { type: "float32", rank: 5, what }).data;
    return out;
  };
}

function keyFrameRate(model: { folder: { name: string; card: unknown } }): number {
  const card = model.folder.card as { keyframe_fps?: unknown } | undefined;
  if (typeof card?.keyframe_fps === "number") return card.keyframe_fps;
  throw new AppError("model_invalid", {
    model: model.folder.name,
    reason: "kinora.json: keyframe_fps must be a number.",
  });
}
