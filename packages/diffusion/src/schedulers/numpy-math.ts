const { fround } = Math;

/** numpy.linspace in double precision; with `endpoint` the last value is `stop` exactly. */
export function linspace(start: number, stop: number, count: number, endpoint = true): number[] {
  const gaps = endpoint ? count - 1 : count;
  const step = gaps > 0 ? (stop - start) / gaps : 0;
  return Array.from({ length: count }, (_, i) =>
    endpoint && i > 0 && i === count - 1 ? stop : i * step + start,
  );
}

/** numpy.arange with a step that is not whole, whose values follow from the first two. */
export function arange(start: number, stop: number, step: number): number[] {
  const delta = start + step - start;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length: count }, (_, i) => start + i * delta);
}

/** numpy.round: halves go to the even neighbour. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** numpy.interp over the points (0, values[0]), (1, values[1]), ..., flat outside of them. */
export function interpolate(values: Float32Array, position: number): number {
  const last = values.length - 1;
  if (position <= 0) return values[0] as number;
  if (position >= last) return values[last] as number;
  const low = Math.floor(position);
  const start = values[low] as number;
  return ((values[low + 1] as number) - start) * (position - low) + start;
}

const LOG_NUMERATOR = [
  0, 0.9999999999999999, 2.112677543073053, 1.4800006335765066, 0.3808837741388408, 0.025899791179079226,
].map(fround);
const LOG_DENOMINATOR = [
  1, 2.6126775430731093, 2.453006071784736, 0.9864942958519419, 0.15464763749839067, 0.005875095403124574,
].map(fround);
const LN2 = fround(Math.LN2);

/**
 * numpy.log of a float32, by numpy's own rational approximation: one value in six is an ulp off the nearest float32,
 * and the first timestep of exponential and beta sigmas hangs on that ulp.
 */
export function log32(value: number): number {
  let exponent = Math.floor(Math.log2(value)) + 1;
  let mantissa = value / 2 ** exponent;
  if (mantissa <= fround(Math.SQRT1_2)) {
    mantissa *= 2;
    exponent -= 1;
  }
  const x = fround(mantissa - 1);
  const horner = (coefficients: readonly number[]): number =>
    coefficients.reduceRight((sum, coefficient) => fround(sum * x + coefficient), 0);
  return fround(exponent * LN2 + fround(horner(LOG_NUMERATOR) / horner(LOG_DENOMINATOR)));
}
