import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixturePath } from "./fixture-path.ts";

/** How near a tensor must come to its golden (fixtures/golden/pipelines/README.md). */
export type Tolerance =
  | { readonly exact: true }
  | { readonly absolute: number }
  | { readonly relative: number }
  | { readonly levels: number; readonly share: number };

/** A tensor of a golden file; int64 values as numbers. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint8Array;
}

/** What diffusers made of a request: fixtures/golden/pipelines/README.md says what each tensor is. */
export interface GoldenCase {
  /** "PIPELINE/CASE". */
  readonly name: string;
  /** Folder of fixtures/models. */
  readonly pipeline: string;
  readonly kind: "text-to-image" | "image-to-image" | "edit" | "image-to-video";
  readonly request: Readonly<Record<string, string | number | null>>;
  /** A scheduler_config.json in place of the folder's own. */
  readonly scheduler: Readonly<Record<string, unknown>> | null;
  readonly tensors: Readonly<Record<string, Tolerance>>;
  /** A tensor of the case; undefined where its pipeline has none such. */
  tensor(name: string): GoldenTensor | undefined;
}

const ROOT = "golden/pipelines";
const NOT_CASES = ["tokens", "composed"];

/** All cases of some kinds, in the order of their names. */
export function goldenCases(...kinds: readonly GoldenCase["kind"][]): GoldenCase[] {
  const root = fixturePath(ROOT);
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_CASES.includes(entry.name))
    .map(({ name }) => name)
    .toSorted();
  return folders
    .flatMap((folder) => caseNames(join(root, folder)).map((name) => readGoldenCase(`${folder}/${name}`)))
    .filter(({ kind }) => kinds.includes(kind));
}

function caseNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .toSorted();
}

/** One case by its name, for example "tiny-sd/plain". */
export function readGoldenCase(name: string): GoldenCase {
  const text = readFileSync(fixturePath(`${ROOT}/${name}.json`), "utf8");
  // Python writes DPM-Solver's lambda_min_clipped like this.
  const fields = JSON.parse(text.replaceAll("-Infinity", "-1e999")) as Omit<GoldenCase, "name" | "tensor">;
  const tensors = readTensors(readFileSync(fixturePath(`${ROOT}/${name}.safetensors`)));
  return { ...fields, name, tensor: (tensor) => tensors.get(tensor) };
}

/** A float32 tensor as Kinora's services have it. */
interface FloatTensor {
  readonly type: "float32";
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Float32 tensors of a case under other names; those that it lacks are left out. */
export function renameGoldens(
  golden: GoldenCase,
  names: Readonly<Record<string, string>>,
): Record<string, FloatTensor> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, theirs]) => {
      const tensor = golden.tensor(theirs);
      if (tensor === undefined) return [];
      return [[name, { type: "float32", dims: tensor.shape, data: Float32Array.from(tensor.data) }]];
    }),
  );
}

const ARRAYS = {
  F32: (bytes: ArrayBuffer) => new Float32Array(bytes),
  F64: (bytes: ArrayBuffer) => new Float64Array(bytes),
  I64: (bytes: ArrayBuffer) => Float64Array.from(new BigInt64Array(bytes), Number),
  U8: (bytes: ArrayBuffer) => new Uint8Array(bytes),
};

interface Entry {
  readonly dtype: keyof typeof ARRAYS;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** The tensors of a safetensors file. */
function readTensors(file: Buffer): Map<string, GoldenTensor> {
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, 8 + length)) as Record<string, Entry>;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== "__metadata__")
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [start, end],
          },
        ]) => {
          // A copy, because the file's own offsets need not be aligned.
          const bytes = new Uint8Array(file.subarray(8 + length + start, 8 + length + end)).buffer;
          return [name, { shape, data: ARRAYS[dtype](bytes) }];
        },
      ),
  );
}

/**
 * How far `values` are from a golden, as a share of what its tolerance allows: up to 1 they are near enough.
 * `steps` are parts that lie one after another and are measured by themselves. NaN is far.
 */
export function goldenDistance(
  values: ArrayLike<number>,
  golden: GoldenTensor,
  { tolerance, steps = 1 }: { readonly tolerance: Tolerance; readonly steps?: number },
): number {
  if (values.length !== golden.data.length) return Number.POSITIVE_INFINITY;
  const size = golden.data.length / steps;
  const distances = Array.from({ length: steps }, (_, step) => {
    const from = step * size;
    const expected = golden.data.subarray(from, from + size);
    const gaps = Array.from(expected, (value, i) => Math.abs((values[from + i] as number) - value));
    return share(gaps, largest(expected), tolerance);
  });
  return largest(distances);
}

function share(gaps: readonly number[], scale: number, tolerance: Tolerance): number {
  if ("exact" in tolerance) return gaps.every((gap) => gap === 0) ? 0 : Number.POSITIVE_INFINITY;
  const gap = largest(gaps);
  if ("absolute" in tolerance) return gap / tolerance.absolute;
  if ("relative" in tolerance) return gap / (tolerance.relative * Math.max(1, scale));
  if (gap > tolerance.levels) return Number.POSITIVE_INFINITY;
  return gaps.filter((each) => each > 0).length / gaps.length / tolerance.share;
}

/** The largest magnitude; infinite if one value is not a number. */
function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (Number.isNaN(size)) return Number.POSITIVE_INFINITY;
    most = Math.max(most, size);
  }
  return most;
}
