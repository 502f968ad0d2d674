import type { MessageInitShape } from "@bufbuild/protobuf";
import type { t2i } from "@kinora/contracts";
import { createTorchGenerator, denoise, guide } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { requireTensor, type TensorOf } from "@kinora/inference";
import {
  createStageClock,
  fixedDimensions,
  type ModelServiceHost,
  type ServedModel,
  type StageClock,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";

type Response = MessageInitShape<typeof t2i.GenerateResponseSchema>;

/** The text condition: embeddings of one shape [1, L, D]. */
interface Condition {
  readonly conditional: TensorOf<"float32">;
  readonly unconditional: TensorOf<"float32">;
}

/** Handler of Generate: denoises one picture's latents from seeded noise. */
export function createGenerate(host: ModelServiceHost) {
  return async function* generate(
    request: t2i.GenerateRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, numInferenceSteps: total } = request;
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    if (total < 1)
      throw new AppError("invalid_request", { reason: "num_inference_steps must be 1 or more." });
    yield { event: { case: "progress", value: { completed: 0, total } } };

    const model = await host.models.get(target.model);
    const condition = {
      conditional: await host.artifacts.readTensor(request.embedding, "last_hidden_state", signal),
      unconditional: await host.artifacts.readTensor(request.embedding, "unconditional", signal),
    };
    const { size, predict } = await createPredictor({
      host,
      model,
      clock,
      condition,
      signal,
      scale: request.guidanceScale,
    });
    const noise = createTorchGenerator(request.seed).randn(size.reduce((a, b) => a * b, 1));
    const schedule = model.scheduler.createSchedule({ numSteps: total });
    const steps = denoise({ schedule, noise, predict, signal });
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) {
      yield { event: { case: "progress", value: { completed: step.value, total } } };
    }
    const latents = await host.artifacts.writeTensors(`${target.outputPrefix}latents.safetensors`, {
      latents: { type: "float32", dims: [1, ...size], data: step.value },
    });
    yield { event: { case: "result", value: { latents, timings: clock.timings() } } };
  };
}

interface PredictorOptions {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly clock: StageClock;
  readonly condition: Condition;
  /** Guidance scale; at 1 the unconditional half is not computed. */
  readonly scale: number;
  readonly signal: AbortSignal;
}

/** The guided prediction of x0 for latents [C, h, w], both conditions in one batch. */
async function createPredictor({ host, model, clock, condition, scale, signal }: PredictorOptions) {
  const session = await model.session("unet");
  const size = fixedDimensions(session, "sample", 3);
  const { conditional, unconditional } = condition;
  const guided = scale !== 1;
  const batch = guided ? 2 : 1;
  const hidden: TensorOf<"float32"> = {
    type: "float32",
    dims: [batch, ...conditional.dims.slice(1)],
    data: guided ? concat(unconditional.data, conditional.data) : conditional.data,
  };

  async function predict(sample: Float32Array, timestep: number): Promise<Float32Array> {
    const outputs = await host.engine.run(
      session,
      {
        sample: { type: "float32", dims: [batch, ...size], data: guided ? concat(sample, sample) : sample },
        timestep: { type: "float32", dims: [batch], data: new Float32Array(batch).fill(timestep) },
        encoder_hidden_states: hidden,
      },
      { signal, onComputed: clock.onComputed },
    );
    const what = "The output of unet";
    const out = requireTensor(outputs, "out_sample", { type: "float32", rank: 4, what }).data;
    if (!guided) return out;
    return guide(out.subarray(0, sample.length), out.subarray(sample.length), scale);
  }
  return { size, predict };
}

function concat(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
