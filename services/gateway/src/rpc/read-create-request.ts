import type { video } from "@kinora/contracts";
import type { RawRequest } from "../api/field-reader.ts";

/** A gRPC CreateRequest as the fields that REST sends: unset ones are not there. */
export function readCreateRequest(request: video.CreateRequest): RawRequest {
  const { prompt, model, seed, numInferenceSteps, guidanceScale, inputReference } = request;
  return {
    fields: {
      prompt: prompt === "" ? undefined : prompt,
      model: model === "" ? undefined : model,
      seed: readSeed(seed),
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
  const given = (text: string) => (text === "" ? undefined : text);
  return {
    fields: {
      prompt: given(prompt),
      task: given(task),
      model: given(model),
      video: sourceVideoId === "" ? undefined : { id: sourceVideoId },
      seed: readSeed(seed),
    },
    encoding: "json",
  };
}

/** Above 2^53 it stays a string, which validation refuses by its exact digits. */
function readSeed(seed: bigint | undefined): number | string | undefined {
  return seed === undefined || seed > Number.MAX_SAFE_INTEGER ? seed?.toString() : Number(seed);
}
