import { join } from "node:path";
import type { StageWork } from "./bench-work.ts";
import { ROOT, runCommand } from "./step.ts";

/** The same graphs without Kinora, by Python's onnxruntime and by torch, in this run and on these threads. */
export interface Baselines {
  readonly onnxruntime: string;
  readonly torch: string;
  readonly threads: number;
  /** Seconds of one run of so many items. */
  readonly graphs: Readonly<Record<string, GraphSeconds>>;
}

interface GraphSeconds {
  readonly batch: number;
  readonly onnxruntime_s: number;
  readonly torch_s: number;
}

/** Otherwise glibc gives every large tensor back to the system, and torch spends its time on page faults. */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(4 * 2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(8 * 2 ** 30),
  MALLOC_TOP_PAD_: String(2 ** 28),
};

/** Measures them in the training's Python environment. Throws with what Python printed. */
export async function measureBaselines(environment: string, threads: number): Promise<Baselines> {
  const python = join(environment, "bin", "python");
  const args = ["-m", "training.evaluate.speed", "--threads", String(threads)];
  const { exitCode, output } = await runCommand(python, args, { env: { PYTHONPATH: ROOT, ...KEEP_MEMORY } });
  if (exitCode !== 0) throw new Error(`${python} ${args.join(" ")} failed:\n${output}`);
  return JSON.parse(output.slice(output.indexOf("{"))) as Baselines;
}

/** Seconds of a stage's runs for one clip; undefined where nothing was measured. */
export function baselineSeconds(
  baselines: Baselines | undefined,
  { graph, items }: StageWork,
): { readonly onnxruntimeS: number; readonly torchS: number } | undefined {
  const seconds = baselines?.graphs[graph];
  if (seconds === undefined) return undefined;
  const runs = items / seconds.batch;
  return { onnxruntimeS: runs * seconds.onnxruntime_s, torchS: runs * seconds.torch_s };
}
