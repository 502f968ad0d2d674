import { combine, type Term } from "./linear-combination.ts";
import type { LogSnrLevel } from "./log-snr.ts";

const { fround } = Math;

/** One update of DPM-Solver; its order is the number of outputs, 1 to 3. */
export interface DpmUpdate {
  readonly algorithm: string;
  /** solver_type heun in place of midpoint. */
  readonly isHeun: boolean;
  readonly sample: Float32Array;
  /** m_0, m_1, m_2: the converted predictions, the newest one first. */
  readonly outputs: readonly Float32Array[];
  /** Levels t, s_0, s_1, s_2: the one to reach, then those of the outputs. */
  readonly levels: readonly LogSnrLevel[];
  /** Standard normal noise, for the SDE algorithms. */
  readonly noise: Float32Array | undefined;
}

/** Scalars of one update, in float32. */
interface Weights {
  /** Factor of the sample. */
  readonly ofSample: number;
  /** Factors of the estimates D0, D1 and D2 of the prediction and its derivatives. */
  readonly ofD: readonly [number, number, number];
  readonly ofNoise: number;
}

/** The sample at the next level. */
export function dpmUpdate(update: DpmUpdate): Float32Array {
  const { sample, outputs, noise } = update;
  const order = outputs.length;
  const [t, s0] = update.levels as [LogSnrLevel, LogSnrLevel];
  const h = fround(t.lambda - s0.lambda);
  const weights = weigh(update, { t, s0, h, order });
  const estimates = estimate(outputs, update.levels, h);
  const terms = estimates.map((values, i): Term => [weights.ofD[i] as number, values]);
  if (noise !== undefined) terms.push([weights.ofNoise, noise]);
  return combine([weights.ofSample, sample], ...terms);
}

/** D0, D1 and D2 as far as the order goes (arXiv 2211.01095, appendix C and eq. 16). */
function estimate(
  outputs: readonly Float32Array[],
  levels: readonly LogSnrLevel[],
  h: number,
): Float32Array[] {
  const [m0, m1, m2] = outputs as [Float32Array, Float32Array?, Float32Array?];
  if (m1 === undefined) return [m0];
  const lambda = (i: number): number => (levels[i] as LogSnrLevel).lambda;
  const r0 = fround(fround(lambda(1) - lambda(2)) / h);
  const d10 = difference(m0, m1, r0);
  if (m2 === undefined) return [m0, d10];
  const r1 = fround(fround(lambda(2) - lambda(3)) / h);
  const d11 = difference(m1, m2, r1);
  const gap = combine([1, d10], [-1, d11]);
  const sum = fround(r0 + r1);
  return [m0, combine([1, d10], [fround(r0 / sum), gap]), combine([fround(1 / sum), gap])];
}

function difference(newer: Float32Array, older: Float32Array, r: number): Float32Array {
  const factor = fround(1 / r);
  return combine([1, newer], [-1, older]).map((value) => factor * value);
}

interface Interval {
  readonly t: LogSnrLevel;
  readonly s0: LogSnrLevel;
  /** lambda_t - lambda_s0 */
  readonly h: number;
  readonly order: number;
}

function weigh({ algorithm, isHeun }: DpmUpdate, interval: Interval): Weights {
  // Order 3 has the weight of D1 that heun's order 2 has.
  const isExact = isHeun || interval.order === 3;
  switch (algorithm) {
    case "dpmsolver++":
      return weighOriginal(interval, isExact);
    case "sde-dpmsolver++":
      return weighOriginalSde(interval, isExact);
    case "dpmsolver":
      return weighNoise(interval, isExact);
    case "sde-dpmsolver":
      return weighNoiseSde(interval, isExact);
    default:
      throw new Error(`DPM-Solver has no algorithm ${algorithm}. This is a bug.`);
  }
}

/** DPM-Solver++ (arXiv 2211.01095, eq. 9 to 12). */
function weighOriginal({ t, s0, h }: Interval, isExact: boolean): Weights {
  const phi = fround(fround(Math.exp(-h)) - 1);
  const d0 = -fround(t.alpha * phi);
  const d1 = isExact ? fround(t.alpha * fround(fround(phi / h) + 1)) : fround(0.5 * d0);
  const d2 = -fround(t.alpha * fround(fround(fround(phi + h) / fround(h * h)) - 0.5));
  return { ofSample: fround(t.sigma / s0.sigma), ofD: [d0, d1, d2], ofNoise: 0 };
}

/** SDE-DPM-Solver++ (arXiv 2211.01095, eq. 14 and 18). */
function weighOriginalSde({ t, s0, h }: Interval, isExact: boolean): Weights {
  const h2 = fround(2 * h);
  const phi = fround(1 - fround(Math.exp(-h2)));
  const d0 = fround(t.alpha * phi);
  const d1 = isExact ? fround(t.alpha * fround(fround(phi / -h2) + 1)) : fround(0.5 * d0);
  const d2 = fround(t.alpha * fround(fround(fround(phi - h2) / fround(h2 * h2)) - 0.5));
  return {
    ofSample: fround(fround(t.sigma / s0.sigma) * fround(Math.exp(-h))),
    ofD: [d0, d1, d2],
    ofNoise: fround(t.sigma * fround(Math.sqrt(phi))),
  };
}

/** DPM-Solver (arXiv 2206.00927, eq. 3.7 and appendix B). */
function weighNoise({ t, s0, h }: Interval, isExact: boolean): Weights {
  const phi = fround(fround(Math.exp(h)) - 1);
  const d0 = -fround(t.sigma * phi);
  const d1 = isExact ? -fround(t.sigma * fround(fround(phi / h) - 1)) : fround(0.5 * d0);
  const d2 = -fround(t.sigma * fround(fround(fround(phi - h) / fround(h * h)) - 0.5));
  return { ofSample: fround(t.alpha / s0.alpha), ofD: [d0, d1, d2], ofNoise: 0 };
}

/** SDE-DPM-Solver (arXiv 2211.01095, eq. 13 and 17); of order 2 at most. */
function weighNoiseSde({ t, s0, h }: Interval, isExact: boolean): Weights {
  const phi = fround(fround(Math.exp(h)) - 1);
  const once = fround(t.sigma * phi);
  const d1 = isExact ? -fround(2 * fround(t.sigma * fround(fround(phi / h) - 1))) : -once;
  const variance = fround(fround(Math.exp(fround(2 * h))) - 1);
  return {
    ofSample: fround(t.alpha / s0.alpha),
    ofD: [-fround(2 * once), d1, 0],
    ofNoise: fround(t.sigma * fround(Math.sqrt(variance))),
  };
}
