import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 1_800_000;

/** How to change a picture. */
export interface EditPictureOptions {
  readonly instruction: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly imageGuidanceScale: number;
  /** Pictures in one batch. */
  readonly count: number;
  /** Whether the editor reads the instruction itself; otherwise the plan has its embedding. */
  readonly readsInstruction: boolean;
}

/** A picture's latents and the instruction's embedding to the latents of the changed pictures. */
export function editPicture(model: StageModel, options: EditPictureOptions): Stage {
  const { instruction, seed, steps, guidanceScale, imageGuidanceScale, count, readsInstruction } = options;
  return {
    name: "edit_picture",
    service: "edit",
    model,
    inputs: ["startImage", ...(readsInstruction ? [] : ["embedding"])],
    outputs: ["keyframeLatents"],
    weight: 15,
    timeoutMs: TIMEOUT_MS,
    parameters: {
      ...{ instruction, seed, steps, guidanceScale, imageGuidanceScale },
      ...(count === 1 ? {} : { count }),
    },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.edit.editImage(
          {
            target,
            source: toArtifact(inputs, "startImage"),
            ...(readsInstruction ? {} : { embedding: toArtifact(inputs, "embedding") }),
            ...{ instruction, guidanceScale, imageGuidanceScale },
            seed: BigInt(seed),
            numInferenceSteps: steps,
            numImages: count,
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ keyframeLatents: toArtifactRef(result.latents) }),
      ),
  };
}
