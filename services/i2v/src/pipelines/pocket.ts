import { createTorchGenerator } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { elementCount } from "@kinora/inference";
import {
  createDenoiser,
  createRequestSchedule,
  fixedDimensions,
  type ServedModel,
} from "@kinora/model-service";
import { framesFirst } from "../frame-layout.ts";
import type { PrepareAnimation } from "./animation.ts";

/**
 * KinoraVideoPipeline, the embedded family: the key frames after the first one, all at once, under the first frame and
 * the text, the second half of Emu Video's factorization (arXiv 2311.10709, section 3.1). The given frame itself comes
 * first in the result.
 */
export const preparePocket: PrepareAnimation = async (context) => {
  const { host, model, request, signal } = context;
  const firstFrame = await host.artifacts.readTensor(request.firstFrame, "latents", signal);
  const embedding = await host.artifacts.readTensor(request.embedding, "last_hidden_state", signal);
  const session = await model.session("motion_unet");
  const size = fixedDimensions(session, "sample", 4);
  const [channels, count, height, width] = size as [number, number, number, number];
  const fps = keyFrameRate(model);
  const run = createDenoiser(context, session, {
    size: [1, ...size],
    copies: 1,
    inputs: {
      image_latents: firstFrame,
      encoder_hidden_states: embedding,
      frame_times: {
        type: "float32",
        dims: [count],
        data: Float32Array.from({ length: count }, (_, index) => (index + 1) / fps),
      },
    },
  });
  const { randn: drawNormal } = createTorchGenerator(request.seed);
  const noise = drawNormal(elementCount(size));
  const levels = { numSteps: request.numInferenceSteps, drawNormal };
  return {
    options: {
      schedule: createRequestSchedule(model.scheduler, levels),
      noise,
      predict: async (sample, timestep) => (await run(sample, timestep))[0] as Float32Array,
      signal,
    },
    readFrames(sample) {
      const data = new Float32Array(firstFrame.data.length + sample.length);
      data.set(firstFrame.data);
      data.set(framesFirst(sample, { channels, count, pixels: height * width }), firstFrame.data.length);
      return { type: "float32", dims: [count + 1, channels, height, width], data };
    },
  };
};

function keyFrameRate({ folder }: ServedModel): number {
  const rate = folder.card?.["keyframe_fps"];
  if (typeof rate === "number") return rate;
  throw new AppError("model_invalid", {
    model: folder.name,
    reason: "kinora.json: keyframe_fps must be a number.",
  });
}
