export {
  type ArtifactInit,
  type ArtifactIo,
  createArtifactIo,
  type ReadTensors,
  TENSORS_MEDIA_TYPE,
  type TensorName,
  type TensorNames,
} from "./artifact-io.ts";
export {
  createModelHost,
  type ModelHostConfig,
  type ModelServiceHost,
  type OwnedModelHost,
} from "./create-model-host.ts";
export { createModelService, type ModelServiceOptions } from "./create-model-service.ts";
export {
  createRequestSchedule,
  denoiseStage,
  type ProgressEvent,
  progressEvent,
  readDenoiseRequest,
} from "./denoise-stage.ts";
export {
  createDenoiser,
  type Denoiser,
  type DenoiserContext,
  type DenoiserOptions,
  repeat,
  stackRows,
} from "./denoiser.ts";
export { fixedDimensions } from "./graph-inputs.ts";
export { type ModelServiceConfig, modelServiceFields } from "./model-service-fields.ts";
export { parseBytes } from "./parse-bytes.ts";
export { type ComponentConfig } from "./pipeline/component-config.ts";
export { penultimateState } from "./pipeline/graph-contracts.ts";
export type { Pipeline, PipelineKind, TextEncoder, Vae } from "./pipeline/pipeline.ts";
export { readFloats } from "./read-floats.ts";
export {
  createServedModels,
  type ServedModel,
  type ServedModels,
  type ServedModelsOptions,
} from "./served-model.ts";
export { createStageClock, type StageClock } from "./stage-clock.ts";
export { loadWordTokenizer, type PromptTokenizer, type TokenizedPrompt } from "./words/word-tokenizer.ts";
