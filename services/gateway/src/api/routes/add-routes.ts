import type { FastifyInstance } from "fastify";
import type { AddRoute, ApiContext } from "../api-context.ts";
import { addCancelVideo } from "./cancel-video.ts";
import { addEditImages, addGenerateImages } from "./create-images.ts";
import { addCreateVideo } from "./create-video.ts";
import { addDeleteImage } from "./delete-image.ts";
import { addDeleteVideo } from "./delete-video.ts";
import { addEditVideo, addExtendVideo, addRemixVideo } from "./edit-video.ts";
import { addGetVideo } from "./get-video.ts";
import { addHealth } from "./health.ts";
import { addImageContent } from "./image-content.ts";
import { addListVideos } from "./list-videos.ts";
import { addMetrics } from "./metrics.ts";
import { addModels } from "./models.ts";
import { addOpenApi } from "./open-api.ts";
import { addRootPage } from "./root-page.ts";
import { addVideoContent } from "./video-content.ts";
import { addVideoEvents } from "./video-events.ts";

const ROUTES: readonly AddRoute[] = [
  addCreateVideo,
  addListVideos,
  addGetVideo,
  addDeleteVideo,
  addCancelVideo,
  addVideoEvents,
  addVideoContent,
  addEditVideo,
  addExtendVideo,
  addRemixVideo,
  addGenerateImages,
  addEditImages,
  addImageContent,
  addDeleteImage,
  addModels,
  addHealth,
  addMetrics,
  addOpenApi,
  addRootPage,
];

/** Adds every route of the API. */
export function addRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const addRoute of ROUTES) addRoute(app, context);
}
