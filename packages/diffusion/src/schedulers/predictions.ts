import { combine } from "./linear-combination.ts";

/** What a network is trained to give. */
export type PredictionType = "epsilon" | "v_prediction" | "sample" | "flow_prediction";

/** A prediction for x = alpha x0 + sigma eps. */
export interface Prediction {
  readonly predictionType: PredictionType;
  readonly sample: Float32Array;
  readonly modelOutput: Float32Array;
  /** Factor of the clean sample, in float32. */
  readonly alpha: number;
  /** Factor of the noise, in float32. */
  readonly sigma: number;
}

/**
 * The clean sample x0 that a prediction means: of eps (Song et al., arXiv 2010.02502, eq. 9), of
 * v = alpha eps - sigma x0 (Salimans and Ho, arXiv 2202.00512, appendix D), of a flow's velocity eps - x0, or itself.
 */
export function predictOriginal(prediction: Prediction): Float32Array {
  const { sample, modelOutput, alpha, sigma } = prediction;
  switch (prediction.predictionType) {
    case "epsilon":
      return combine([1, sample], [-sigma, modelOutput]).map((value) => value / alpha);
    case "v_prediction":
      return combine([alpha, sample], [-sigma, modelOutput]);
    case "flow_prediction":
      return combine([1, sample], [-sigma, modelOutput]);
    case "sample":
      return modelOutput;
  }
}

/** The noise eps that a prediction means. A flow's is not defined in diffusers: Error. */
export function predictNoise(prediction: Prediction): Float32Array {
  const { sample, modelOutput, alpha, sigma } = prediction;
  switch (prediction.predictionType) {
    case "epsilon":
      return modelOutput;
    case "v_prediction":
      return combine([alpha, modelOutput], [sigma, sample]);
    case "sample":
      return combine([1, sample], [-alpha, modelOutput]).map((value) => value / sigma);
    case "flow_prediction":
      throw new Error("A flow predicts no noise. This is a bug.");
  }
}
