import { type StageContext, toArtifact } from "../stage.ts";

/** Upper bound of an edit's run time in ms. */
export const EDIT_TIMEOUT_MS = 1_800_000;

/** What to change, and how. */
export interface EditOptions {
  readonly instruction: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly imageGuidanceScale: number;
}

/** What requests for edits of pictures and of clips have in common; `source` names the file that is changed. */
export function toEditRequest({ target, inputs }: StageContext, source: string, options: EditOptions) {
  const { instruction, seed, steps, guidanceScale, imageGuidanceScale } = options;
  return {
    target,
    source: toArtifact(inputs, source),
    ...{ instruction, guidanceScale, imageGuidanceScale },
    seed: BigInt(seed),
    numInferenceSteps: steps,
  };
}
