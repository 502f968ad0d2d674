import { createTorchGenerator, guide, type Predict, rampScales } from "@kinora/diffusion";
import { elementCount, type TensorOf } from "@kinora/inference";
import { createDenoiser, createRequestSchedule, stackRows } from "@kinora/model-service";
import type { AnimationContext, PrepareAnimation } from "./animation.ts";

type FloatTensor = TensorOf<"float32">;

/** Channels of a picture. */
const RGB = 3;
/** What diffusers tells of a clip, where a request does not say. */
const FPS = 7;

/** A picture as EncodeImage gives it: its latents [1, C, h, w] and its embedding [1, 1, D]. */
interface Picture {
  readonly latents: FloatTensor;
  readonly image_embeds: FloatTensor;
}

/**
 * Stable Video Diffusion (Blattmann et al., arXiv 2311.15127), as diffusers' StableVideoDiffusionPipeline: all frames
 * at once, the picture's latents joined to each, guided more strongly from frame to frame (appendix D.3).
 */
export const prepareStableVideoDiffusion: PrepareAnimation = async (context) => {
  const { host, model, request, signal } = context;
  const picture = await host.artifacts.readTensors(
    request.firstFrame,
    { required: ["latents", "image_embeds"] },
    { field: "first_frame", signal },
  );
  const count = request.numFrames || (model.pipeline.numFrames as number);
  const frame = picture.latents.dims.slice(1);
  const size = [1, count, ...frame];

  const { randn: drawNormal } = createTorchGenerator(request.seed);
  // diffusers draws the noise for the picture itself from the same generator first: that was EncodeImage's.
  drawNormal(RGB * pixelsOf(context, frame));
  const noise = drawNormal(elementCount(size));
  const levels = { numSteps: request.numInferenceSteps, drawNormal };
  return {
    options: {
      schedule: createRequestSchedule(model.scheduler, levels),
      noise,
      predict: await createPredict(context, size, picture),
      signal,
    },
    readFrames: (sample) => ({ type: "float32", dims: [count, ...frame], data: sample }),
  };
};

/** The denoiser, guided where a scale is above 1: both halves in one batch, the one without picture first. */
async function createPredict(
  context: AnimationContext,
  size: readonly number[],
  { latents, image_embeds: embeds }: Picture,
): Promise<Predict> {
  const { model, request } = context;
  const { guidanceScale: last, minGuidanceScale: first } = request;
  const isGuided = last > 1;
  const withNothing = (tensor: FloatTensor): FloatTensor[] =>
    isGuided ? [{ ...tensor, data: new Float32Array(tensor.data.length) }, tensor] : [tensor];
  const copies = isGuided ? 2 : 1;
  const run = createDenoiser(context, await model.session("unet"), {
    size,
    copies,
    inputs: {
      encoder_hidden_states: stackRows(withNothing(embeds)),
      added_time_ids: stackRows([addedTimeIds(context)], copies),
    },
    besides: withNothing(latents).map(({ data }) => data),
  });
  const scales = rampScales(first || 1, last, size[1] as number);
  return async (sample, timestep) => {
    const [output, conditional] = (await run(sample, timestep)) as [Float32Array, Float32Array | undefined];
    return conditional === undefined ? output : guide(output, conditional, scales);
  };
}

/** The model was trained on one frame a second less than the clip's rate (generative-models, simple_video_sample.py). */
function addedTimeIds({ request }: AnimationContext): FloatTensor {
  const { fps, motionBucketId, noiseAugStrength } = request;
  const data = Float32Array.of((fps || FPS) - 1, motionBucketId, noiseAugStrength);
  return { type: "float32", dims: [1, data.length], data };
}

function pixelsOf({ model }: AnimationContext, [, height, width]: readonly number[]): number {
  return (height as number) * (width as number) * model.pipeline.vae.scaleFactor ** 2;
}
