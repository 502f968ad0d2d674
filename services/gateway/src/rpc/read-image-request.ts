import type { image } from "@kinora/contracts";
import type { RawRequest } from "../api/field-reader.ts";
import { seedOf, textOf } from "./rpc-fields.ts";

/** A gRPC GenerateRequest as the fields that REST sends: unset ones are not there. */
export function readGenerateRequest(request: image.GenerateRequest): RawRequest {
  return { fields: sharedFields(request), encoding: "json" };
}

/** A gRPC EditRequest likewise, with its picture. */
export function readImageEditRequest(request: image.EditRequest): RawRequest {
  const { image: file, strength, imageGuidanceScale } = request;
  return {
    fields: { ...sharedFields(request), strength, image_guidance_scale: imageGuidanceScale },
    file,
    encoding: "json",
  };
}

function sharedFields(request: image.GenerateRequest | image.EditRequest) {
  const { n, numInferenceSteps, guidanceScale, guidanceRescale } = request;
  return {
    prompt: request.prompt,
    model: textOf(request.model),
    n,
    size: textOf(request.size),
    output_format: textOf(request.outputFormat),
    seed: seedOf(request.seed),
    num_inference_steps: numInferenceSteps,
    guidance_scale: guidanceScale,
    negative_prompt: textOf(request.negativePrompt),
    guidance_rescale: guidanceRescale,
  };
}
