import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 1_800_000;

/** How to change a clip. */
export interface EditKeyFramesOptions {
  readonly instruction: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly imageGuidanceScale: number;
}

/** A clip's key frames and the instruction, which the editor reads itself, to the changed key frames. */
export function editKeyFrames(model: StageModel, options: EditKeyFramesOptions): Stage {
  const { instruction, seed, steps, guidanceScale, imageGuidanceScale } = options;
  return {
    name: "edit_clip",
    service: "edit",
    model,
    inputs: ["keyFrames"],
    outputs: ["keyFrames"],
    weight: 50,
    timeoutMs: TIMEOUT_MS,
    parameters: { instruction, seed, steps, guidanceScale, imageGuidanceScale },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.edit.editClip(
          {
            target,
            source: toArtifact(inputs, "keyFrames"),
            ...{ instruction, guidanceScale, imageGuidanceScale },
            seed: BigInt(seed),
            numInferenceSteps: steps,
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ keyFrames: toArtifactRef(result.keyFrames) }),
      ),
  };
}
