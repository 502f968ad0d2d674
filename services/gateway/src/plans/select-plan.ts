import type { JobRecord } from "@kinora/jobs";
import { editRequestOf, isEdit } from "../edit-job.ts";
import { type ImageRequest, imageRequestOf } from "../image-job.ts";
import { type VideoRequest, videoRequestOf } from "../video-job.ts";
import { editClip } from "./edit-clip.ts";
import { imageToVideo } from "./image-to-video.ts";
import { imageEdit, imageToImage, textToImage } from "./make-images.ts";
import type { Plan } from "./stage.ts";
import { textToVideo } from "./text-to-video.ts";

/** The plan of a job. */
export function selectPlan(record: JobRecord): Plan {
  if (isEdit(record)) return editClip(editRequestOf(record));
  return record.request["kind"] === "image"
    ? imagePlan(imageRequestOf(record))
    : videoPlan(videoRequestOf(record));
}

function videoPlan(request: VideoRequest): Plan {
  return request.inputReference ? imageToVideo(request, request.inputReference) : textToVideo(request);
}

function imagePlan(request: ImageRequest): Plan {
  const { task, image } = request;
  if (task === "generate") return textToImage(request);
  if (!image) throw new Error(`A job to ${task} a picture has none. This is a bug.`);
  return task === "edit" ? imageEdit(request, image) : imageToImage(request, image);
}
