import type { JobRecord } from "@kinora/jobs";
import { type EditRequest, type EditSource, editRequestOf, isEdit } from "./edit-job.ts";
import { jobResultOf } from "./job-result.ts";
import { extendedLength } from "./plans/extend-clip.ts";
import { FRAMES_PER_KEY_FRAME } from "./plans/stages/interpolate.ts";
import { videoRequestOf } from "./video-job.ts";

/** A finished clip as edits see it. */
export interface RecordedClip {
  /** Model name. */
  readonly model: string;
  /** The name that its caller used for the model. */
  readonly requestedModel: string;
  /** Folder in whose latents it is. */
  readonly folder: string;
  readonly source: EditSource;
}

/** The clip that a record made, with its latents. */
export function clipOf(record: JobRecord): RecordedClip {
  const { latents, facts } = jobResultOf(record);
  const { model, requestedModel, folder, ...made } = madeBy(record);
  const framesPerKeyFrame = Number(facts["framesPerKeyFrame"] ?? made.framesPerKeyFrame);
  const numFrames = frameCountOf(record);
  return {
    ...{ model, requestedModel, folder },
    source: { videoId: record.id, numFrames, framesPerKeyFrame, latents, pictures: [] },
  };
}

/** Frames of a record's clip: as asked for, or as an edit of its time made them. */
export function frameCountOf(record: JobRecord): number {
  const asked = isEdit(record) ? editedFrameCount(editRequestOf(record)) : videoRequestOf(record).numFrames;
  return Number(jobResultOf(record).facts["numFrames"] ?? asked);
}

/** Before a change of time is understood, as many as the source has. */
function editedFrameCount({ source, added }: EditRequest): number {
  // Records of before clips could go on do not say.
  return added ? extendedLength(source, added) : source.numFrames;
}

function madeBy(record: JobRecord) {
  if (isEdit(record)) {
    const { model, requestedModel, source } = editRequestOf(record);
    const { framesPerKeyFrame } = source;
    return { model, requestedModel, folder: model, framesPerKeyFrame };
  }
  const { model, requestedModel, parts } = videoRequestOf(record);
  return {
    ...{ model, requestedModel },
    folder: parts?.motionModel ?? model,
    framesPerKeyFrame: FRAMES_PER_KEY_FRAME,
  };
}
