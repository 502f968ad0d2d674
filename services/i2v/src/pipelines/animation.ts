import type { i2v } from "@kinora/contracts";
import type { DenoiseOptions } from "@kinora/diffusion";
import type { TensorOf } from "@kinora/inference";
import type { DenoiserContext, ModelServiceHost, ServedModel } from "@kinora/model-service";

/** A request and what it runs on. */
export interface AnimationContext extends DenoiserContext {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly request: i2v.AnimateRequest;
}

/** A denoise loop over a clip that is ready to run. */
export interface Animation {
  readonly options: DenoiseOptions;
  /** The frames of the finished sample, [K, C, h, w]. */
  readonly readFrames: (sample: Float32Array) => TensorOf<"float32">;
}

/** One pipeline class: reads the first frame and what goes with it. */
export type PrepareAnimation = (context: AnimationContext) => Promise<Animation>;
