import { createTorchGenerator, guideEdit, type Predict } from "@kinora/diffusion";
import { elementCount, type TensorOf } from "@kinora/inference";
import { createDenoiser, createRequestSchedule, stackRows } from "@kinora/model-service";
import type { Editor, PictureEditContext } from "./picture-edit.ts";

type FloatTensor = TensorOf<"float32">;

/**
 * InstructPix2Pix (Brooks et al., arXiv 2211.09800), as diffusers' StableDiffusionInstructPix2PixPipeline: the
 * picture's latents, not scaled, stand beside the noise's channels, and two scales weigh picture and words.
 */
export const instructPix2Pix: Editor = {
  // Any sentence is one: nothing but the model itself reads it.
  interpret: async () => ({ task: "instruct", parameters: {}, confidence: 1 }),
  async prepareEdit(context) {
    const { host, model, request, signal } = context;
    const source = await host.artifacts.readTensor(request.source, "latents", signal);
    const size = [request.numImages || 1, ...source.dims.slice(1)];
    const { randn: drawNormal } = createTorchGenerator(request.seed);
    const noise = drawNormal(elementCount(size));
    const schedule = createRequestSchedule(model.scheduler, {
      numSteps: request.numInferenceSteps,
      batchSize: size[0] as number,
      drawNormal,
    });
    return {
      size,
      options: { schedule, noise, predict: await createPredict(context, source, size), signal },
    };
  },
};

/** The denoiser, guided by both scales in one batch: picture and words, picture alone, neither. */
async function createPredict(
  context: PictureEditContext,
  source: FloatTensor,
  size: readonly number[],
): Promise<Predict> {
  const { model, request } = context;
  const { guidanceScale: textScale, imageGuidanceScale: imageScale } = request;
  const isGuided = textScale > 1 && imageScale >= 1;
  const nothing = new Float32Array(source.data.length);
  const run = createDenoiser(context, await model.session("unet"), {
    size,
    copies: isGuided ? 3 : 1,
    inputs: { encoder_hidden_states: stackRows(await readWords(context, isGuided), size[0]) },
    besides: isGuided ? [source.data, source.data, nothing] : [source.data],
  });
  return async (sample, timestep) => {
    const [full, image, unconditional] = await run(sample, timestep);
    if (!(image && unconditional)) return full as Float32Array;
    return guideEdit({ unconditional, image, full: full as Float32Array }, { imageScale, textScale });
  };
}

/** The instruction's embedding for each copy. */
async function readWords(
  { host, request, signal }: PictureEditContext,
  isGuided: boolean,
): Promise<FloatTensor[]> {
  const { last_hidden_state: words, unconditional } = await host.artifacts.readTensors(
    request.embedding,
    { required: isGuided ? ["last_hidden_state", "unconditional"] : ["last_hidden_state"] },
    { field: "embedding", signal },
  );
  return isGuided ? [words, unconditional, unconditional] : [words];
}
