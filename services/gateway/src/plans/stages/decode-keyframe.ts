import { pictureName } from "../../image-job.ts";
import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** What is decoded. */
export interface DecodeKeyframeOptions {
  /** Pictures of the batch (1). */
  readonly count?: number;
  /** The file with the picture of the user that was edited; its pixels stay where the edit changed little. */
  readonly source?: string | undefined;
}

/** Latents to a PNG each: the keyframe, which the client may look at before the motion is made. */
export function decodeKeyframe(model: StageModel, { count = 1, source }: DecodeKeyframeOptions = {}): Stage {
  return {
    name: "decode_keyframe",
    service: "encoder",
    model,
    inputs: ["keyframeLatents", ...(source === undefined ? [] : [source])],
    outputs: Array.from({ length: count }, (_, index) => pictureName(index)),
    weight: 3,
    timeoutMs: TIMEOUT_MS,
    parameters: {},
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.encoder.decodeImage(
          {
            target,
            latents: toArtifact(inputs, "keyframeLatents"),
            ...(source === undefined ? {} : { sourceImage: toArtifact(inputs, source) }),
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        ({ image, images }) => {
          const others = images
            .slice(1)
            .map((other, index) => [pictureName(index + 1), toArtifactRef(other)] as const);
          return { keyframe: toArtifactRef(image), ...Object.fromEntries(others) };
        },
      ),
  };
}
