import { availableParallelism, cpus } from "node:os";
import { type Baselines, baselineSeconds } from "./bench-baselines.ts";
import type { BenchJob } from "./bench-stack.ts";
import type { BenchModel } from "./bench-work.ts";

/** What was measured around the jobs. */
export interface StackNumbers {
  readonly startS: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
}

/** One stage: medians over the jobs in which it ran. */
export interface StageReport {
  readonly wall_s: number;
  readonly model_s: number;
  readonly gflop?: number;
  readonly gflop_per_s?: number;
  /** The same graphs without Kinora. */
  readonly python_onnxruntime_s?: number;
  readonly torch_s?: number;
}

/** What `npm run bench` prints. */
export interface BenchReport {
  readonly machine: { readonly cpu: string | undefined; readonly cores: number };
  readonly runs: number;
  readonly start_to_ready_s: number;
  readonly idle_memory_mib: number;
  readonly peak_memory_mib: number;
  readonly wall_s: number;
  readonly fastest_wall_s: number;
  readonly first_keyframe_s: number;
  readonly model_s: number;
  readonly everything_else_s: number;
  readonly everything_else_share: number;
  readonly real_time_factor: number;
  readonly gflop: number;
  /** CPU seconds for one clip: engine children, services, gateway, ffmpeg. */
  readonly cpu_s: Readonly<Record<keyof BenchJob["cpuS"], number>>;
  readonly stages: Readonly<Record<string, StageReport>>;
  /** Versions and threads, or why there are none. */
  readonly baselines: string;
}

/** What a report is made from. */
export interface BenchInput {
  readonly jobs: readonly BenchJob[];
  readonly stack: StackNumbers;
  readonly model: BenchModel;
  readonly baselines?: Baselines | undefined;
}

const CLIP_SECONDS = 65 / 16;

/** Medians over the jobs, and what follows from them. Throws when there is no job. */
export function makeReport({ jobs, stack, model, baselines }: BenchInput): BenchReport {
  if (jobs.length === 0) throw new Error("A report of no jobs. This is a bug.");
  const wallS = median(jobs.map((job) => job.wallS));
  const names = Object.keys(model.work).filter((name) => jobs.some(({ stages }) => stages[name]));
  const stages = names.map((name) => [name, stageReport(name, { jobs, model, baselines })] as const);
  const cpu = (kind: keyof BenchJob["cpuS"]) => round(median(jobs.map(({ cpuS }) => cpuS[kind])));
  return {
    machine: { cpu: cpus()[0]?.model, cores: availableParallelism() },
    runs: jobs.length,
    start_to_ready_s: round(stack.startS),
    idle_memory_mib: Math.round(stack.idleMiB),
    peak_memory_mib: Math.round(stack.peakMiB),
    wall_s: round(wallS),
    fastest_wall_s: round(Math.min(...jobs.map((job) => job.wallS))),
    first_keyframe_s: round(median(jobs.map((job) => job.firstKeyframeS))),
    model_s: round(median(jobs.map(modelSeconds))),
    everything_else_s: round(median(jobs.map((job) => job.wallS - modelSeconds(job)))),
    everything_else_share: round(median(jobs.map((job) => 1 - modelSeconds(job) / job.wallS))),
    real_time_factor: round(CLIP_SECONDS / wallS),
    gflop: round(stages.reduce((sum, [, { gflop }]) => sum + (gflop ?? 0), 0)),
    cpu_s: {
      engines: cpu("engines"),
      services: cpu("services"),
      gateway: cpu("gateway"),
      ffmpeg: cpu("ffmpeg"),
    },
    stages: Object.fromEntries(stages),
    baselines: baselines
      ? `onnxruntime ${baselines.onnxruntime} and torch ${baselines.torch}, ${baselines.threads} threads`
      : "not measured: KINORA_TRAINING_VENV names no Python environment of training/",
  };
}

function stageReport(name: string, { jobs, model, baselines }: Omit<BenchInput, "stack">): StageReport {
  const ran = jobs.flatMap(({ stages }) => stages[name] ?? []);
  const modelS = median(ran.map((stage) => stage.modelS));
  const report = { wall_s: round(median(ran.map(({ wallS }) => wallS))), model_s: round(modelS) };
  const work = model.work[name];
  const perItem = work && model.gflop[work.graph];
  if (!work || !perItem) return report;
  const gflop = work.items * perItem;
  const baseline = baselineSeconds(baselines, work);
  return {
    ...report,
    gflop: round(gflop),
    gflop_per_s: Math.round(gflop / modelS),
    ...(baseline && {
      python_onnxruntime_s: round(baseline.onnxruntimeS),
      torch_s: round(baseline.torchS),
    }),
  };
}

function modelSeconds({ stages }: BenchJob): number {
  return Object.values(stages).reduce((sum, { modelS }) => sum + modelS, 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The report as two Markdown tables, as docs/benchmarks.md has them. */
export function reportTables(report: BenchReport): string {
  const percent = (100 * report.everything_else_share).toFixed(1);
  const { engines, services, gateway, ffmpeg } = report.cpu_s;
  const facts = [
    ["one clip, wall (fastest of the runs)", `${report.wall_s} s (${report.fastest_wall_s} s)`],
    ["times real time (4.06 s of video)", `${report.real_time_factor}`],
    ["inside model runs", `${report.model_s} s`],
    ["everything else", `${report.everything_else_s} s, ${percent} %`],
    ["first keyframe", `${report.first_keyframe_s} s`],
    ["computed", `${report.gflop} GFLOP`],
    ["CPU: engines / services / gateway / ffmpeg", `${engines} / ${services} / ${gateway} / ${ffmpeg} s`],
    ["start of the stack to ready", `${report.start_to_ready_s} s`],
    ["memory of all processes, idle / peak", `${report.idle_memory_mib} / ${report.peak_memory_mib} MiB`],
    ["baselines", report.baselines],
  ];
  const show = (value: number | undefined): string => (value === undefined ? "" : String(value));
  const rows = Object.entries(report.stages).map(([name, stage]) => [
    name,
    ...[stage.wall_s, stage.model_s, stage.gflop, stage.gflop_per_s].map(show),
    ...[stage.python_onnxruntime_s, stage.torch_s].map(show),
  ]);
  const heads = ["stage", "wall s", "model s", "GFLOP", "GFLOP/s", "Python's onnxruntime s", "torch s"];
  return `${table(["what", "value"], facts)}\n\n${table(heads, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
