import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";
import { type EditOptions, EDIT_TIMEOUT_MS as timeoutMs, toEditRequest } from "./edit-options.ts";

/** How a picture is read and how often it is drawn. */
export interface PictureBatch {
  /** Pictures in one batch. */
  readonly count: number;
  /** Whether the editor reads the instruction itself; otherwise the plan has its embedding. */
  readonly readsInstruction: boolean;
}

/** A picture's latents and the instruction's embedding to the latents of the changed pictures. */
export function editPicture(
  model: StageModel,
  options: EditOptions,
  { count, readsInstruction }: PictureBatch,
): Stage {
  return {
    name: "edit_picture",
    service: "edit",
    model,
    inputs: ["startImage", ...(readsInstruction ? [] : ["embedding"])],
    outputs: ["keyframeLatents"],
    weight: 15,
    timeoutMs,
    parameters: { ...options, ...(count === 1 ? {} : { count }) },
    run: (context) =>
      toStageEvents(
        context.clients.edit.editImage(
          {
            ...toEditRequest(context, "startImage", options),
            ...(readsInstruction ? {} : { embedding: toArtifact(context.inputs, "embedding") }),
            numImages: count,
          },
          { signal: context.signal, timeoutMs },
        ),
        ({ latents }) => ({ keyframeLatents: toArtifactRef(latents) }),
      ),
  };
}
