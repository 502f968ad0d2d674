import type { video } from "@kinora/contracts";
import type { RawRequest } from "../api/field-reader.ts";
import { seedOf, textOf } from "./rpc-fields.ts";

/** A gRPC CreateRequest as the fields that REST sends: unset ones are not there. */
export function readCreateRequest(request: video.CreateRequest): RawRequest {
  const { prompt, model, seed, numInferenceSteps, guidanceScale, inputReference } = request;
  return {
    fields: {
      prompt: textOf(prompt),
      model: textOf(model),
      seed: seedOf(seed),
      num_inference_steps: numInferenceSteps,
      guidance_scale: guidanceScale,
    },
    file: inputReference.byteLength === 0 ? undefined : inputReference,
    encoding: "json",
  };
}

/** A gRPC EditRequest likewise. */
export function readEditRequest(request: video.EditRequest): RawRequest {
  const { sourceVideoId, prompt, task, model, seed } = request;
  return {
    fields: {
      prompt: textOf(prompt),
      task: textOf(task),
      model: textOf(model),
      video: sourceVideoId === "" ? undefined : { id: sourceVideoId },
      seed: seedOf(seed),
    },
    encoding: "json",
  };
}
