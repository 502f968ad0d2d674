export {
  type CallOptions,
  type CreateVideoRequest,
  createKinoraClient,
  type DownloadOptions,
  type EditImageRequest,
  type EditVideoRequest,
  type GenerateImagesRequest,
  type KinoraClient,
  type KinoraClientOptions,
} from "./create-kinora-client.ts";
export { saveWhole, type VideoDownload } from "./download.ts";
export type { Images } from "./images.ts";
export {
  isFinished,
  type Video,
  type VideoEdit,
  type VideoStatus,
  type VideoVariant,
  type VideoWarning,
} from "./video.ts";
