import type { MessageInitShape } from "@bufbuild/protobuf";
import type { i2v } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import {
  createStageClock,
  denoiseStage,
  type ModelServiceHost,
  type PipelineKind,
  progressEvent,
  readDenoiseRequest,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import type { Animation, AnimationContext, PrepareAnimation } from "./pipelines/animation.ts";
import { preparePocket } from "./pipelines/pocket.ts";
import { prepareStableVideoDiffusion } from "./pipelines/stable-video-diffusion.ts";

type Response = MessageInitShape<typeof i2v.AnimateResponseSchema>;

/** The pipelines that set a picture in motion. */
const PIPELINES: Partial<Readonly<Record<PipelineKind, PrepareAnimation>>> = {
  pocket: preparePocket,
  "stable-video-diffusion": prepareStableVideoDiffusion,
};

/** Handler of Animate: denoises the frames of a clip, all at once, under its first frame. */
export function createAnimate(host: ModelServiceHost) {
  return async function* animate(
    request: i2v.AnimateRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, total } = readDenoiseRequest(request);
    yield progressEvent(0, total);

    const model = await host.models.get(target.model);
    const { options, readFrames } = await prepareAnimation({ host, model, request, clock, signal });
    const sample = yield* denoiseStage(options);
    const keyFrames = await host.artifacts.writeTensors(`${target.outputPrefix}key-frames.safetensors`, {
      latents: readFrames(sample),
    });
    yield { event: { case: "result", value: { keyFrames, timings: clock.timings() } } };
  };
}

/** The denoise loop of a request; `capability_missing` where its model moves no pictures. */
export async function prepareAnimation(context: AnimationContext): Promise<Animation> {
  const { folder, pipeline } = context.model;
  const prepare = PIPELINES[pipeline.kind];
  if (prepare !== undefined) return prepare(context);
  const reason = `${pipeline.className} moves no pictures.`;
  throw new AppError("capability_missing", { capability: `Image to video with ${folder.name}`, reason });
}
