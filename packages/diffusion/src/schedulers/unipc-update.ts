import { combine, type Term } from "./linear-combination.ts";
import type { LogSnrLevel } from "./log-snr.ts";
import { solveLinear } from "./solve-linear.ts";

const { fround } = Math;

/** One update of UniPC, under the paper's names. */
export interface UniPcUpdate {
  /** B(h) = h in place of e^h - 1. */
  readonly isBh1: boolean;
  /** Whether outputs are x0; otherwise they are noise. */
  readonly predictsOriginal: boolean;
  /** The sample at the level before the target. */
  readonly sample: Float32Array;
  /** p, at most the number of outputs. */
  readonly order: number;
  /** Predictions at the levels before the target, the newest one first. */
  readonly outputs: readonly Float32Array[];
  readonly levels: readonly LogSnrLevel[];
  /** Index of the level to reach. */
  readonly target: number;
  /** The prediction at the target itself: given for the corrector, absent for the predictor. */
  readonly corrected?: Float32Array;
}

/** The sample at the target level: UniP-p (algorithm 2), or with `corrected` UniC-p (algorithm 1). */
export function uniPcUpdate(update: UniPcUpdate): Float32Array {
  const { predictsOriginal, sample, outputs, levels, target } = update;
  const [t, s0] = [levels[target] as LogSnrLevel, levels[target - 1] as LogSnrLevel];
  const h = fround(t.lambda - s0.lambda);
  const hh = predictsOriginal ? -h : h;
  const phi1 = fround(Math.expm1(hh));
  const b = update.isBh1 ? hh : phi1;
  const m0 = outputs[0] as Float32Array;
  const scale = predictsOriginal ? t.alpha : t.sigma;
  const ratio = predictsOriginal ? fround(t.sigma / s0.sigma) : fround(t.alpha / s0.alpha);
  const moved = combine([ratio, sample], [-fround(scale * phi1), m0]);
  const terms = weighDifferences(update, { h, hh, b });
  const [first, ...rest] = terms;
  return first === undefined ? moved : combine([1, moved], [-fround(scale * b), combine(first, ...rest)]);
}

interface StepSize {
  /** lambda_t - lambda_s0 */
  readonly h: number;
  /** The same with the sign of the form in use. */
  readonly hh: number;
  /** B(hh) */
  readonly b: number;
}

/** The differences D_m / r_m of the outputs, with their weights rho. */
function weighDifferences(update: UniPcUpdate, size: StepSize): Term[] {
  const { outputs, levels, target, order, corrected } = update;
  const m0 = outputs[0] as Float32Array;
  const origin = (levels[target - 1] as LogSnrLevel).lambda;
  const ratios: number[] = [];
  const differences: Float32Array[] = [];
  for (let k = 1; k < order; k++) {
    const r = fround(fround((levels[target - 1 - k] as LogSnrLevel).lambda - origin) / size.h);
    ratios.push(r);
    differences.push(combine([1, outputs[k] as Float32Array], [-1, m0]).map((value) => value / r));
  }
  if (corrected === undefined) {
    const rhos = order === 2 ? [0.5] : solveRhos(ratios, size);
    return differences.map((values, i): Term => [rhos[i] as number, values]);
  }
  differences.push(combine([1, corrected], [-1, m0]));
  const rhos = order === 1 ? [0.5] : solveRhos([...ratios, 1], size);
  return differences.map((values, i): Term => [rhos[i] as number, values]);
}

/** rho of R_p(h) rho = b (equations 3 and 5): row k has the k-th powers of the ratios. */
function solveRhos(ratios: readonly number[], { hh, b }: StepSize): number[] {
  const matrix: number[][] = [];
  const right: number[] = [];
  let phi = fround(fround(fround(Math.expm1(hh)) / hh) - 1);
  let factorial = 1;
  for (let k = 1; k <= ratios.length; k++) {
    matrix.push(ratios.map((ratio) => fround(ratio ** (k - 1))));
    right.push(fround(fround(phi * factorial) / b));
    factorial *= k + 1;
    phi = fround(fround(phi / hh) - fround(1 / factorial));
  }
  return solveLinear(matrix, right);
}
