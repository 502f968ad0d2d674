import { type GoldenCase, goldenDistance } from "./golden-case.ts";

/** What a service's denoise loop did with a golden case's request. */
export interface GoldenRun {
  /** Of each call of the denoiser. */
  readonly timesteps: ArrayLike<number>;
  /** Before the first step. */
  readonly initialLatents: Float32Array;
  /** The denoiser's first output, before guidance. */
  readonly noisePred: Float32Array;
  /** The sample after each step. */
  readonly samples: readonly Float32Array[];
}

/** Throws an Error that says which tensors of a run are too far from diffusers' own, and how far. */
export function assertGoldenRun(golden: GoldenCase, run: GoldenRun): void {
  const { timesteps, initialLatents, noisePred, samples } = run;
  const last = samples.at(-1) ?? new Float32Array();
  const measured: Readonly<Record<string, [values: ArrayLike<number>, steps?: number]>> = golden.tensor(
    "latents",
  )
    ? {
        timesteps: [timesteps],
        initial_latents: [initialLatents],
        noise_pred: [noisePred],
        latents: [samples.flatMap((sample) => Array.from(sample)), samples.length],
      }
    : { timesteps: [timesteps], final_latents: [last] };
  assertNearGoldens(golden, measured);
}

/** Throws an Error that says which values are too far from the case's tensors of these names, and how far. */
export function assertNearGoldens(
  golden: GoldenCase,
  measured: Readonly<Record<string, readonly [values: ArrayLike<number>, steps?: number]>>,
): void {
  const far = Object.entries(measured).flatMap(([name, [values, steps = 1]]) => {
    const [tensor, tolerance] = [golden.tensor(name), golden.tensors[name]];
    if (tensor === undefined || tolerance === undefined) return [`${name} is not in the case`];
    const distance = goldenDistance(values, tensor, { tolerance, steps });
    return distance <= 1 ? [] : [`${name} is ${distance.toPrecision(3)} times as far as it may be`];
  });
  if (far.length > 0) throw new Error(`${golden.name}: ${far.join("; ")}.`);
}

/** An engine whose runs are also kept, in their order. */
export function recordRuns<Call extends unknown[], Given, E extends { run(...call: Call): Promise<Given> }>(
  engine: E & { run(...call: Call): Promise<Given> },
): { readonly engine: E; readonly given: Given[] } {
  const given: Given[] = [];
  async function run(...call: Call): Promise<Given> {
    const outputs = await engine.run(...call);
    given.push(outputs);
    return outputs;
  }
  return { engine: { ...engine, run }, given };
}
