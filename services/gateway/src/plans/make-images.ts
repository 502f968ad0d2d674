import type { ImageRequest } from "../image-job.ts";
import type { ArtifactRef } from "../job-result.ts";
import type { Plan, Stage, StageModel } from "./stage.ts";
import { decodeKeyframe } from "./stages/decode-keyframe.ts";
import { editPicture } from "./stages/edit-picture.ts";
import { encodePicture } from "./stages/encode-picture.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { generateKeyframe } from "./stages/generate-keyframe.ts";
import { interpretEdit } from "./stages/interpret-edit.ts";
import { keepSource } from "./stages/keep-source.ts";

/** Words become pictures. A single one is the keyframe that a clip of the same request begins with. */
export function textToImage(request: ImageRequest): Plan {
  return imagePlan(request, { name: "text_to_image", middle: (model) => [generate(model, request)] });
}

/** A picture is made anew in part, under the words (img2img). */
export function imageToImage(request: ImageRequest, picture: ArtifactRef): Plan {
  const middle = (model: StageModel) => [encodePicture(model), generate(model, request)];
  return imagePlan(request, { name: "image_to_image", picture, middle });
}

/** A picture is changed as an instruction says; what our own editor hardly changed stays, byte for byte. */
export function imageEdit(request: ImageRequest, picture: ArtifactRef): Plan {
  const { prompt: instruction, seed, steps, guidanceScale, imageGuidanceScale = 1, count } = request;
  const readsInstruction = request.readsInstruction ?? false;
  const options = { instruction, seed, steps, guidanceScale, imageGuidanceScale };
  const edited = "keyframeLatents";
  const middle = (model: StageModel) => [
    encodePicture(model),
    editPicture(model, options, { count, readsInstruction }),
    ...(readsInstruction ? [keepSource(model, [{ source: "startImage", edited, output: edited }])] : []),
  ];
  return imagePlan(request, { name: "image_edit", picture, middle, isKept: readsInstruction });
}

interface ImagePlan {
  readonly name: string;
  readonly picture?: ArtifactRef;
  readonly middle: (model: StageModel) => Stage[];
  /** Whether pixels of the picture are kept. */
  readonly isKept?: boolean;
}

function imagePlan(request: ImageRequest, { name, picture, middle, isKept }: ImagePlan): Plan {
  const { prompt, negativePrompt, width, height, count } = request;
  const model: StageModel = { folder: request.model, width, height };
  return {
    name,
    initialFiles: picture ? { picture } : {},
    stages: [
      request.readsInstruction
        ? interpretEdit(model, prompt)
        : encodePrompt(model, { prompt, negativePrompt }),
      ...middle(model),
      decodeKeyframe(model, { count, source: isKept ? "picture" : undefined }),
    ],
  };
}

function generate(model: StageModel, request: ImageRequest): Stage {
  const { seed, steps, guidanceScale, guidanceRescale, strength, count } = request;
  return generateKeyframe(model, { seed, steps, guidanceScale, guidanceRescale, strength, count });
}
