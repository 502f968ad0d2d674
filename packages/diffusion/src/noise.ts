import { createMersenneTwister, type MersenneTwister } from "./mersenne-twister.ts";

const BLOCK = 16;
const HALF = BLOCK / 2;

/** Normal noise as `torch.Generator("cpu").manual_seed(seed)` gives it. */
export interface TorchGenerator {
  /** The next `count` values of the standard normal distribution, as `torch.randn(count)` in float32. */
  randn(count: number): Float32Array;
}

/**
 * Makes a generator whose draws equal torch's CPU ones within 2e-6: the same seed gives the same video as the
 * Python pipelines. Of the seed only the low 32 bits count. Throws RangeError for a seed that is not an integer.
 */
export function createTorchGenerator(seed: number | bigint): TorchGenerator {
  const twister = createMersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  const nextNormal = createPairedNormal(twister);
  return {
    randn(count) {
      assertCount(count);
      return count < BLOCK ? Float32Array.from({ length: count }, nextNormal) : drawBlocks(twister, count);
    },
  };
}

function assertCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`randn needs a count of 0 or more, got ${count}.`);
  }
}

/** torch's path for 16 values or more: all uniforms first, then blocks of 16 made normal in place. */
function drawBlocks(twister: MersenneTwister, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = uniform24(twister);
  for (let start = 0; start + BLOCK <= count; start += BLOCK) makeNormal(values, start);
  if (count % BLOCK !== 0) {
    // The last 16 are drawn anew, so that values of the last whole block are overwritten.
    for (let i = count - BLOCK; i < count; i++) values[i] = uniform24(twister);
    makeNormal(values, count - BLOCK);
  }
  return values;
}

/** Box-Muller on one block: value j pairs with value j + 8. */
function makeNormal(values: Float32Array, start: number): void {
  for (let i = start; i < start + HALF; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - (values[i] as number)));
    const theta = 2 * Math.PI * (values[i + HALF] as number);
    values[i] = radius * Math.cos(theta);
    values[i + HALF] = radius * Math.sin(theta);
  }
}

/** torch's path for fewer than 16 values: Box-Muller in double precision, whose spare value waits for the next one. */
function createPairedNormal(twister: MersenneTwister): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const theta = 2 * Math.PI * uniform53(twister);
    const radius = Math.sqrt(-2 * Math.log1p(-uniform53(twister)));
    spare = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  };
}

function uniform24(twister: MersenneTwister): number {
  return (twister.nextUint32() & 0xffffff) * 2 ** -24;
}

/** Two words, the first one being the high half; of their 64 bits the low 53 count. */
function uniform53(twister: MersenneTwister): number {
  const high = twister.nextUint32() & 0x1fffff;
  return (high * 2 ** 32 + twister.nextUint32()) * 2 ** -53;
}
