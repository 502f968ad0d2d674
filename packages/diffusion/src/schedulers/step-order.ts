import type { StepOptions } from "./scheduler.ts";

/** The value at call `index` of `count`; otherwise RangeError. */
export function assertIndex(index: number, count: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`There is no step ${index}; the last one is ${count - 1}.`);
}

/** Throws RangeError if a step is out of range or its arrays differ in size. */
export function assertStep({ index, sample, modelOutput }: StepOptions, count: number): void {
  assertIndex(index, count);
  if (modelOutput.length !== sample.length) {
    throw new RangeError(`A step on ${sample.length} values got a prediction of ${modelOutput.length}.`);
  }
}

/** A step function that remembers: refuses steps out of range, of different sizes, repeated or left out. */
export function inOrder(
  count: number,
  step: (options: StepOptions) => Float32Array,
): (options: StepOptions) => Float32Array {
  let previous: number | undefined;
  return (options) => {
    assertStep(options, count);
    if (previous !== undefined && options.index !== previous + 1) {
      throw new RangeError(`Step ${options.index} does not follow step ${previous}.`);
    }
    previous = options.index;
    return step(options);
  };
}
