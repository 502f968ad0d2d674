import { type Engine, type EngineSession, elementCount, float32Tensor, int64Tensor } from "@kinora/inference";
import type { Pipeline } from "./pipeline/pipeline.ts";

/** Rows of a guided batch. */
const BATCH = 2;
/** Tokens of a CLIP prompt. */
const TOKENS = 77;

type Port = EngineSession["inputs"][number];

/**
 * Runs a denoiser once, with zeros of the pipeline's own size: CUDA chooses its kernels and takes its memory on the
 * first run of a shape, which no request should wait for. Elsewhere, and for other graphs, nothing is done.
 */
export async function warmUp(engine: Engine, session: EngineSession, pipeline: Pipeline): Promise<void> {
  const isDenoiser = session.inputs.some(({ name }) => name === "encoder_hidden_states");
  if (!isDenoiser || (await engine.info()).provider !== "cuda") return;
  await engine.run(session, warmUpFeeds(session, pipeline));
}

/** Zeros in the shapes of a guided request of the pipeline's own size. */
export function warmUpFeeds({ inputs }: Pick<EngineSession, "inputs">, pipeline: Pipeline) {
  return Object.fromEntries(
    inputs.map((port) => {
      const dims = warmUpDims(port, pipeline);
      const count = elementCount(dims);
      const isWhole = port.type === "int64" || port.type === "int32";
      const zeros = isWhole
        ? int64Tensor(
            Array.from({ length: count }, () => 0),
            dims,
          )
        : float32Tensor(new Float32Array(count), dims);
      return [port.name, zeros];
    }),
  );
}

/** Declared sizes as they are; of dynamic ones the first is the batch and the last two of a picture its latents. */
function warmUpDims({ name, shape }: Port, { vae, width, height, numFrames }: Pipeline): number[] {
  const latents = [height / vae.scaleFactor, width / vae.scaleFactor];
  const isPicture = name === "sample" || name === "hidden_states";
  return shape.map((size, axis) => {
    if (typeof size === "number") return size;
    if (axis === 0) return BATCH;
    const fromEnd = shape.length - axis;
    if (isPicture) return fromEnd <= 2 ? (latents[2 - fromEnd] as number) : (numFrames ?? 1);
    return TOKENS;
  });
}
