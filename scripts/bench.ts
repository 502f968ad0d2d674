import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createKinoraClient, type KinoraClient } from "@kinora/client";

// `npm run bench [-- --runs N] [--prompt TEXT]`: the embedded stack, measured from outside. JSON on
// stdout, a table on stderr. Times are wall seconds on this machine; compare ratios within one run.

const ROOT = join(import.meta.dirname, "..");
const CLIP_SECONDS = 65 / 16;

interface Job {
  readonly wallS: number;
  readonly firstKeyframeS: number;
  readonly stages: Readonly<Record<string, { wallS: number; modelS: number }>>;
}

interface VideoJson {
  readonly stage_durations: Record<string, number>;
  readonly model_durations: Record<string, number>;
}

interface Stack {
  readonly baseUrl: string;
  readonly grpcAddress: string;
  readonly pid: number;
  readonly startS: number;
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const runs = Number(argument("--runs") ?? 3);
  const prompt = argument("--prompt") ?? "un cane che corre su una collinetta erbosa";
  const stack = await startStack();
  const client = createKinoraClient({ grpcAddress: stack.grpcAddress });
  try {
    const idleMiB = residentMiB(stack.pid);
    await runJob(stack, client, { prompt, seed: 999 });
    const jobs: Job[] = [];
    for (let seed = 0; seed < runs; seed++) {
      jobs.push(await runJob(stack, client, { prompt, seed }));
      console.error(`run ${seed + 1} of ${runs}: ${jobs.at(-1)?.wallS.toFixed(2)} s`);
    }
    const report = summarize(jobs, { startS: stack.startS, idleMiB, afterMiB: residentMiB(stack.pid) });
    console.log(JSON.stringify(report, null, 2));
    printTable(report);
  } finally {
    client.close();
    await stack.stop();
  }
}

async function startStack(): Promise<Stack> {
  const dataDir = await mkdtemp(join(tmpdir(), "kinora-bench-"));
  const startMs = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "packages/cli/bin/kinora.js"), "serve"], {
    env: { ...process.env, KINORA_DATA_DIR: dataDir, KINORA_HTTP_PORT: "0", KINORA_GRPC_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^ready (http:\/\/\S+) grpc (\S+)/.exec(line);
    if (!match?.[1] || !match[2] || !child.pid) continue;
    child.stdout.resume();
    return {
      baseUrl: match[1],
      grpcAddress: match[2],
      pid: child.pid,
      startS: (performance.now() - startMs) / 1000,
      async stop() {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  }
  throw new Error("The stack ended before it was ready.");
}

async function runJob(
  stack: Stack,
  client: KinoraClient,
  request: { prompt: string; seed: number },
): Promise<Job> {
  const startMs = performance.now();
  const elapsedS = () => (performance.now() - startMs) / 1000;
  const { id } = await client.create(request);
  let firstKeyframeS = Number.NaN;
  for await (const video of client.watch(id)) {
    if (video.stage === "encode_keyframe" && Number.isNaN(firstKeyframeS)) firstKeyframeS = elapsedS();
    if (video.status === "failed") throw new Error(`The job failed: ${video.error?.message}`);
  }
  const wallS = elapsedS();
  const video = (await (await fetch(`${stack.baseUrl}/v1/videos/${id}`)).json()) as VideoJson;
  const stages = Object.entries(video.stage_durations).map(([name, stageS]) => [
    name,
    { wallS: stageS, modelS: video.model_durations[name] ?? 0 },
  ]);
  return { wallS, firstKeyframeS, stages: Object.fromEntries(stages) as Job["stages"] };
}

function summarize(jobs: readonly Job[], process: { startS: number; idleMiB: number; afterMiB: number }) {
  const wallS = median(jobs.map((job) => job.wallS));
  const modelOf = (job: Job) => Object.values(job.stages).reduce((sum, stage) => sum + stage.modelS, 0);
  const modelS = median(jobs.map(modelOf));
  const names = Object.keys(jobs[0]?.stages ?? {});
  return {
    machine: { cpu: cpus()[0]?.model, cores: cpus().length },
    runs: jobs.length,
    start_to_ready_s: round(process.startS),
    idle_memory_mib: Math.round(process.idleMiB),
    memory_after_runs_mib: Math.round(process.afterMiB),
    wall_s: round(wallS),
    first_keyframe_s: round(median(jobs.map((job) => job.firstKeyframeS))),
    model_s: round(modelS),
    everything_else_s: round(median(jobs.map((job) => job.wallS - modelOf(job)))),
    everything_else_share: round(median(jobs.map((job) => 1 - modelOf(job) / job.wallS))),
    real_time_factor: round(CLIP_SECONDS / wallS),
    stages: Object.fromEntries(
      names.map((name) => [
        name,
        {
          wall_s: round(median(jobs.map((job) => job.stages[name]?.wallS ?? 0))),
          model_s: round(median(jobs.map((job) => job.stages[name]?.modelS ?? 0))),
        },
      ]),
    ),
  };
}

function printTable(report: ReturnType<typeof summarize>): void {
  const rows = Object.entries(report.stages).map(([stage, { wall_s, model_s }]) => ({
    stage,
    wall_s,
    model_s,
  }));
  console.error("\nstage                 wall s   model s");
  for (const { stage, wall_s, model_s } of rows) {
    console.error(`${stage.padEnd(20)} ${wall_s.toFixed(3).padStart(7)}  ${model_s.toFixed(3).padStart(8)}`);
  }
  const share = (100 * report.everything_else_share).toFixed(1);
  console.error(
    `job ${report.wall_s} s, ${report.real_time_factor} times real time, ${share} % outside model runs`,
  );
}

/** Resident memory of a process and all its descendants, from /proc. */
function residentMiB(pid: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = tryRead(`/proc/${entry}/stat`);
    const parent =
      stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const isInTree = (id: number): boolean => id === pid || (parents.has(id) && isInTree(parents.get(id) ?? 0));
  return [...parents.keys()].filter(isInTree).reduce((sum, id) => {
    const kib = /VmRSS:\s+(\d+)/.exec(tryRead(`/proc/${id}/status`) ?? "")?.[1];
    return sum + Number(kib ?? 0) / 1024;
  }, 0);
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended meanwhile.
    return undefined;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

await main();
