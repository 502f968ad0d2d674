export type { ClipShape } from "./clip/clip-arguments.ts";
export {
  type ClipEncoder,
  type ClipEncoderOptions,
  createClipEncoder,
  type EncodedClip,
} from "./clip/create-clip-encoder.ts";
export { type ClipPreviewMaker, type ClipPreviews, createClipPreviews } from "./clip/create-clip-previews.ts";
export {
  type Ffmpeg,
  findFfmpeg,
  mediaConfigFields,
  type SystemFfmpeg,
} from "./clip/find-ffmpeg.ts";
export type { NpmFfmpeg } from "./clip/npm-ffmpeg.ts";
export { convertPng } from "./picture/convert-png.ts";
export { encodeSpritesheet, spritesheetFrames } from "./picture/encode-spritesheet.ts";
export { encodeThumbnail } from "./picture/encode-thumbnail.ts";
export { keepUnchanged, type PictureEdit, type Thresholding } from "./picture/keep-unchanged.ts";
export {
  MAX_SOURCE_PIXELS,
  type NormalizedPicture,
  normalizePicture,
  type PictureSize,
} from "./picture/normalize-picture.ts";
export { decodePng, encodePng } from "./picture/png.ts";
export type { RawPicture } from "./picture/raw-picture.ts";
export {
  assertMayRead,
  MAX_CLIP_S,
  type ReadClip,
  type ReadClipOptions,
  readClip,
} from "./upload/read-clip.ts";
