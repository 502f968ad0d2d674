/** A factor and the values that it stands before. */
export type Term = readonly [factor: number, values: Float32Array];

/** The sum of the terms from left to right, each product and each sum rounded to float32 as torch does. */
export function combine(first: Term, ...rest: readonly Term[]): Float32Array {
  const leading = Math.fround(first[0]);
  const sum = first[1].map((value) => leading * value);
  for (const [factor, values] of rest) {
    const rounded = Math.fround(factor);
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] as number) + Math.fround(rounded * (values[i] as number));
    }
  }
  return sum;
}
