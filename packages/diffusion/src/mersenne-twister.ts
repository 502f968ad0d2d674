const STATE_SIZE = 624;
const SHIFT_SIZE = 397;

/** A stream of unsigned 32-bit integers. */
export interface MersenneTwister {
  nextUint32(): number;
}

/**
 * MT19937 (Matsumoto and Nishimura, 1998) started by `init_genrand`, the engine behind torch's CPU generator.
 * `seed` is an unsigned 32-bit integer.
 */
export function createMersenneTwister(seed: number): MersenneTwister {
  const state = seedState(seed);
  let position = STATE_SIZE;
  return {
    nextUint32() {
      if (position === STATE_SIZE) {
        twist(state);
        position = 0;
      }
      return temper(state[position++] as number);
    },
  };
}

function seedState(seed: number): Uint32Array {
  const state = new Uint32Array(STATE_SIZE);
  state[0] = seed;
  for (let i = 1; i < STATE_SIZE; i++) {
    const previous = state[i - 1] as number;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE_SIZE; i++) {
    const following = state[(i + 1) % STATE_SIZE] as number;
    const mixed = ((state[i] as number) & 0x80000000) | (following & 0x7fffffff);
    const shifted = state[(i + SHIFT_SIZE) % STATE_SIZE] as number;
    state[i] = shifted ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
  }
}

function temper(value: number): number {
  let y = value;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
