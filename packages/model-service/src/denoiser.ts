import type { EngineSession, Feeds, TensorOf } from "@kinora/inference";
import type { ModelServiceHost } from "./create-model-host.ts";
import { readFloats } from "./read-floats.ts";
import type { StageClock } from "./stage-clock.ts";

type FloatTensor = TensorOf<"float32">;

/** What a stage runs a denoiser's graph with. */
export interface DenoiserContext {
  readonly host: Pick<ModelServiceHost, "engine">;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** How one generation calls a denoiser. */
export interface DenoiserOptions {
  /** Shape of the sample: pictures [N, C, h, w], or a clip's frames before or behind its channels. */
  readonly size: readonly number[];
  /** Predictions of one call: the batch has the whole sample so many times. */
  readonly copies: number;
  /** The inputs beside sample and timestep, for all copies. */
  readonly inputs: Feeds;
  /** For each copy, channels [C', h, w] that stand behind those of every picture or frame. */
  readonly besides?: readonly Float32Array[];
}

/** Predictions for a sample at a timestep, one of the sample's size for each copy. */
export type Denoiser = (sample: Float32Array, timestep: number) => Promise<Float32Array[]>;

/** A denoiser's graph as a function. The timestep's rank and type are the session's. */
export function createDenoiser(
  { host, clock, signal }: DenoiserContext,
  session: EngineSession,
  options: DenoiserOptions,
): Denoiser {
  const { size, copies, inputs, besides } = options;
  const isTransformer = session.inputs.some(({ name }) => name === "hidden_states");
  const [input, output] = isTransformer ? ["hidden_states", "out_hidden_states"] : ["sample", "out_sample"];
  const batch = (size[0] as number) * copies;
  return async (sample, timestep) => {
    const fed = besides
      ? joinChannels(sample, size, besides)
      : { dims: [batch, ...size.slice(1)], data: repeat(sample, copies) };
    const feeds = {
      ...inputs,
      [input]: { type: "float32", ...fed },
      timestep: timestepTensor(session, timestep, batch),
    } as const;
    const outputs = await host.engine.run(session, feeds, { signal, onComputed: clock.onComputed });
    const { data } = readFloats(outputs, output, { rank: size.length, what: `The output of ${input}` });
    const length = data.length / copies;
    return Array.from({ length: copies }, (_, copy) => data.subarray(copy * length, (copy + 1) * length));
  };
}

/** Rows [1, ...] one after another as a batch, each of them `times` times. */
export function stackRows(rows: readonly FloatTensor[], times = 1): FloatTensor {
  const [first] = rows as readonly [FloatTensor];
  const data = new Float32Array(rows.length * times * first.data.length);
  for (const [index, row] of rows.entries()) {
    data.set(repeat(row.data, times), index * times * first.data.length);
  }
  return { type: "float32", dims: [rows.length * times, ...first.dims.slice(1)], data };
}

/** The values `times` times, one after another; the same array where that is once. */
export function repeat(values: Float32Array, times: number): Float32Array {
  if (times === 1) return values;
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** The sample's pictures or frames [C, h, w], each with more channels behind its own; once for each of `besides`. */
export function joinChannels(
  sample: Float32Array,
  size: readonly number[],
  besides: readonly Float32Array[],
) {
  const [channels, height, width] = size.slice(-3) as [number, number, number];
  const own = channels * height * width;
  const count = sample.length / own;
  const extra = (besides[0] as Float32Array).length;
  const data = new Float32Array(besides.length * count * (own + extra));
  for (const [copy, beside] of besides.entries()) {
    for (let i = 0; i < count; i++) {
      const at = (copy * count + i) * (own + extra);
      data.set(sample.subarray(i * own, (i + 1) * own), at);
      data.set(beside, at + own);
    }
  }
  const joined = channels + extra / (height * width);
  const leading = [(size[0] as number) * besides.length, ...size.slice(1, -3)];
  return { dims: [...leading, joined, height, width], data };
}

/**
 * The timestep as a graph declares it: optimum writes a float scalar, SD3 and older exports have one value for each row
 * or only one, and int64 is cut as Python casts it.
 */
export function timestepTensor(
  session: Pick<EngineSession, "inputs">,
  timestep: number,
  batch: number,
): FloatTensor {
  const port = session.inputs.find(({ name }) => name === "timestep");
  const [rows] = port?.shape ?? [];
  const value = port?.type === "int64" ? Math.trunc(timestep) : timestep;
  if (rows === undefined) return { type: "float32", dims: [], data: Float32Array.of(value) };
  const count = typeof rows === "number" ? rows : batch;
  return { type: "float32", dims: [count], data: new Float32Array(count).fill(value) };
}
