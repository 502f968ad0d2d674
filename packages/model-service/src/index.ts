export { type ArtifactInit, type ArtifactIo, createArtifactIo, TENSORS_MEDIA_TYPE } from "./artifact-io.ts";
export {
  createModelService,
  type ModelServiceHost,
  type ModelServiceOptions,
} from "./create-model-service.ts";
export { fixedDimensions } from "./graph-inputs.ts";
export { type ModelServiceConfig, modelServiceFields } from "./model-service-fields.ts";
export { createServedModels, type ServedModel, type ServedModels } from "./served-model.ts";
export { createStageClock, type StageClock } from "./stage-clock.ts";
