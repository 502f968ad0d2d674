import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** How a picture is encoded. */
export interface EncodeKeyframeOptions {
  /** Whether the user gave it: then its round trip is measured. */
  readonly isGiven: boolean;
  /** Noise on the picture, for models that ask for it. */
  readonly noise?: { readonly seed: number; readonly strength: number };
}

/** Keyframe PNG, made or given, to the first frame's latents. */
export function encodeKeyframe(model: StageModel, { isGiven, noise }: EncodeKeyframeOptions): Stage {
  return {
    name: "encode_keyframe",
    service: "encoder",
    model,
    inputs: ["keyframe"],
    outputs: ["firstFrame"],
    weight: 2,
    timeoutMs: TIMEOUT_MS,
    parameters: {
      measureRoundTrip: Number(isGiven),
      ...(noise ? { seed: noise.seed, noiseAugStrength: noise.strength } : {}),
    },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.encoder.encodeImage(
          {
            target,
            image: toArtifact(inputs, "keyframe"),
            measureRoundTrip: isGiven,
            ...(noise ? { seed: BigInt(noise.seed), noiseAugStrength: noise.strength } : {}),
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ firstFrame: toArtifactRef(result.latents) }),
      ),
  };
}
