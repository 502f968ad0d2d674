/** A factor and the values that it stands before. */
export type Term = readonly [factor: number, values: Float32Array];

/** The sum of the terms from left to right, each product and each sum rounded to float32 as torch does. */
export function combine(first: Term, ...rest: readonly Term[]): Float32Array {
  const leading = Math.fround(first[0]);
  const source = first[1];
  const sum = new Float32Array(source.length);
  // Loops, here and where samples are worked on: `map` of a typed array boxes every number it gives its function.
  for (let i = 0; i < sum.length; i++) sum[i] = leading * (source[i] as number);
  for (const [factor, values] of rest) {
    const rounded = Math.fround(factor);
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] as number) + Math.fround(rounded * (values[i] as number));
    }
  }
  return sum;
}
