import type { ClipModel } from "./catalog-model.ts";
import type { FolderReader } from "./folder-reader.ts";
import type { ForeignJson } from "./kinora-json.ts";
import { directMotion } from "./read-diffusers-folder.ts";
import { type FolderModel, wholeSeconds } from "./read-family-folder.ts";
import { acceptsSize, describeSizes, showSize } from "./size-rule.ts";

/** Finds another folder's model by its name. */
export type FindModel = (name: string) => FolderModel | undefined;

/**
 * A folder whose kinora.json joins others: keyframes from one, motion from another. The keyframe PNG
 * is where they meet, so the clip has the motion's size and rate, and the keyframe is drawn in it.
 */
export async function readComposedFolder(
  reader: FolderReader,
  about: ForeignJson & { readonly compose: NonNullable<ForeignJson["compose"]> },
  find: FindModel,
): Promise<FolderModel> {
  const { compose } = about;
  const picture = find(compose.keyframe)?.picture;
  if (!picture) {
    return reader.refuse(
      `kinora.json: compose.keyframe ${compose.keyframe} is no model here that draws pictures.`,
    );
  }
  const motion = find(compose.motion)?.clip;
  if (!motion) {
    return reader.refuse(
      `kinora.json: compose.motion ${compose.motion} is no model here that sets pictures in motion.`,
    );
  }
  const clip = composeClip(about, motion);
  if (!acceptsSize(picture.sizes, clip)) {
    const sizes = describeSizes(picture.sizes);
    reader.refuse(`kinora.json: clips are ${showSize(clip)}, but ${compose.keyframe} draws ${sizes}.`);
  }
  const { folder, negativePrompt } = picture;
  const keyframe = {
    ...{ folder, negativePrompt },
    numInferenceSteps: about.t2i?.num_inference_steps ?? picture.numInferenceSteps,
    guidanceScale: about.t2i?.guidance_scale ?? picture.guidanceScale,
  };
  return {
    name: reader.name,
    kind: "video",
    digest: await reader.digest(),
    createdAtS: await reader.writtenAtS("kinora.json"),
    languages: about.languages ?? find(compose.keyframe)?.languages ?? [],
    vocabulary: find(compose.keyframe)?.vocabulary ?? [],
    clip: { ...clip, keyframe },
  };
}

function composeClip(about: ForeignJson, { motion, ...shape }: ClipModel): ClipModel {
  const numInferenceSteps = about.i2v?.num_inference_steps ?? motion.numInferenceSteps;
  // A family that interpolates knows one shape; one that makes every frame at once is told its shape.
  if (!motion.direct) return { ...shape, motion: { ...motion, numInferenceSteps } };
  const { width = shape.width, height = shape.height, fps = shape.fps } = about;
  const numFrames = about.num_frames ?? shape.numFrames;
  const direct = directMotion(about.i2v, { ...motion.direct, fps: about.fps ?? motion.direct.fps });
  return {
    ...{ width, height, fps, numFrames, seconds: wholeSeconds(numFrames, fps) },
    motion: { ...motion, numInferenceSteps, direct },
  };
}
