export {
  type DenoiseOptions,
  type DenoiseProgress,
  denoise,
  type Predict,
  type StartImage,
} from "./denoise.ts";
export { type FramePlanOptions, type PlannedFrame, planFrames, type Window } from "./frame-plan.ts";
export {
  type EditPredictions,
  type EditScales,
  guide,
  guideEdit,
  type RescaleOptions,
  rampScales,
  rescaleGuidance,
} from "./guidance.ts";
export { embedGuidanceScale } from "./guidance-embedding.ts";
export { createTorchGenerator, type TorchGenerator } from "./noise.ts";
export { samplePosterior } from "./posterior.ts";
export { createScheduler } from "./schedulers/create-scheduler.ts";
export {
  createFlowMatchEuler,
  type FlowMatchEuler,
  type FlowMatchEulerOptions,
} from "./schedulers/flow-match-euler.ts";
export { type FlowMatchSigmaOptions, linearSigmas } from "./schedulers/flow-match-sigmas.ts";
export type {
  Churn,
  DrawNormal,
  Schedule,
  ScheduleOptions,
  Scheduler,
  SigmaSchedule,
  StepOptions,
  StochasticLevels,
} from "./schedulers/scheduler.ts";
