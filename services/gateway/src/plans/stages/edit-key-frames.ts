import { type Stage, type StageModel, toArtifactRef, toStageEvents } from "../stage.ts";
import { type EditOptions, EDIT_TIMEOUT_MS as timeoutMs, toEditRequest } from "./edit-options.ts";

/** A clip's key frames and the instruction, which the editor reads itself, to the changed key frames. */
export function editKeyFrames(model: StageModel, options: EditOptions): Stage {
  return {
    name: "edit_clip",
    service: "edit",
    model,
    inputs: ["keyFrames"],
    outputs: ["editedKeyFrames"],
    weight: 50,
    timeoutMs,
    parameters: { ...options },
    run: (context) =>
      toStageEvents(
        context.clients.edit.editClip(toEditRequest(context, "keyFrames", options), {
          signal: context.signal,
          timeoutMs,
        }),
        ({ keyFrames }) => ({ editedKeyFrames: toArtifactRef(keyFrames) }),
      ),
  };
}
