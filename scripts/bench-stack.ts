import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { KinoraClient } from "@kinora/client";
import { type CpuSeconds, cpuBetween, cpuSeconds } from "./bench-processes.ts";
import { ROOT } from "./step.ts";

/** The embedded stack, as `npm start` runs it, on free ports and an empty data folder. */
export interface BenchStack {
  readonly baseUrl: string;
  readonly grpcAddress: string;
  readonly pid: number;
  /** From the command to the line that says it is ready. */
  readonly startS: number;
  stop(): Promise<void>;
}

/** One clip, measured from outside, beside what the services say of their stages. */
export interface BenchJob {
  readonly wallS: number;
  readonly firstKeyframeS: number;
  readonly stages: Readonly<Record<string, StageSeconds>>;
  readonly cpuS: CpuSeconds;
}

/** Seconds of one stage. */
export interface StageSeconds {
  readonly wallS: number;
  /** Inside ONNX Runtime, as the engine child measured it. */
  readonly modelS: number;
}

interface VideoJson {
  readonly stage_durations: Record<string, number>;
  readonly model_durations: Record<string, number>;
}

/** Starts the stack. Throws when it ends before it is ready. */
export async function startBenchStack(): Promise<BenchStack> {
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

/** Makes one clip. Throws when the job fails. */
export async function runBenchJob(
  stack: BenchStack,
  client: KinoraClient,
  request: { readonly prompt: string; readonly seed: number },
): Promise<BenchJob> {
  const cpuBefore = cpuSeconds(stack.pid);
  const startMs = performance.now();
  const elapsedS = () => (performance.now() - startMs) / 1000;
  const { id } = await client.create(request);
  let firstKeyframeS = Number.NaN;
  for await (const video of client.watch(id)) {
    if (video.stage === "encode_keyframe" && Number.isNaN(firstKeyframeS)) firstKeyframeS = elapsedS();
    if (video.status === "failed") throw new Error(`The job failed: ${video.error?.message}`);
  }
  const wallS = elapsedS();
  const cpuS = cpuBetween(cpuBefore, cpuSeconds(stack.pid));
  const video = (await (await fetch(`${stack.baseUrl}/v1/videos/${id}`)).json()) as VideoJson;
  const stages = Object.entries(video.stage_durations).map(([name, stageS]) => [
    name,
    { wallS: stageS, modelS: video.model_durations[name] ?? 0 },
  ]);
  return { wallS, firstKeyframeS, cpuS, stages: Object.fromEntries(stages) as BenchJob["stages"] };
}
