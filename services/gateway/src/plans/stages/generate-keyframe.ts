import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 1_800_000;

/** How to draw. */
export interface GenerateKeyframeOptions {
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  /** 0 (off) unless given. */
  readonly guidanceRescale?: number;
  /** Pictures in one batch; 1 unless given. */
  readonly count?: number;
  /** Begin from the plan's `startImage`, of which this share, above 0 to 1, is made anew. */
  readonly strength?: number | undefined;
}

/** Embedding to the latents of a keyframe, or of several pictures of one batch. */
export function generateKeyframe(model: StageModel, options: GenerateKeyframeOptions): Stage {
  const { seed, steps, guidanceScale, guidanceRescale = 0, count = 1, strength } = options;
  const start = strength === undefined ? [] : ["startImage"];
  return {
    name: "generate_keyframe",
    service: "t2i",
    model,
    inputs: ["embedding", ...start],
    outputs: ["keyframeLatents"],
    weight: 15,
    timeoutMs: TIMEOUT_MS,
    parameters: {
      ...{ seed, keyframeSteps: steps, guidanceScale },
      ...(guidanceRescale === 0 ? {} : { guidanceRescale }),
      ...(count === 1 ? {} : { count }),
      ...(strength === undefined ? {} : { strength }),
    },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.t2i.generate(
          {
            target,
            embedding: toArtifact(inputs, "embedding"),
            seed: BigInt(seed),
            numInferenceSteps: steps,
            guidanceScale,
            guidanceRescale,
            width: model.width,
            height: model.height,
            numImages: count,
            ...(strength === undefined ? {} : { startImage: toArtifact(inputs, "startImage"), strength }),
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ keyframeLatents: toArtifactRef(result.latents) }),
      ),
  };
}
