import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { createKinoraClient, type KinoraClient } from "@kinora/client";
import { type Baselines, measureBaselines } from "./bench-baselines.ts";
import { plotStages } from "./bench-plot.ts";
import { memoryMiB, peakMemoryMiB } from "./bench-processes.ts";
import { makeReport, reportTables } from "./bench-report.ts";
import { type BenchJob, type BenchStack, runBenchJob, startBenchStack } from "./bench-stack.ts";
import { readBenchModel } from "./bench-work.ts";

// `npm run bench [-- --runs N] [--plot FILE.svg]`: the embedded stack, measured from outside. JSON on stdout, tables
// on stderr. With KINORA_TRAINING_VENV, also the same graphs through Python's onnxruntime and torch. Times are wall
// seconds on this machine; compare ratios within one run.

/** Another sentence for each run, so that none finds its embedding in the cache. */
const PROMPTS = [
  "un cane che corre su una collinetta erbosa",
  "a blue cat jumps on the beach",
  "un coniglio bianco cammina nella neve",
  "a red bird runs in the city at sunset",
  "un gatto nero di notte in città",
];

async function main(): Promise<void> {
  const runs = Number(argument("--runs") ?? 3);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error("--runs must be 1 or more.");
  const model = await readBenchModel();
  const { jobs, numbers } = await measureStack(runs);
  const report = makeReport({ jobs, stack: numbers, model, baselines: await baselines() });
  console.log(JSON.stringify(report, null, 2));
  console.error(`\n${reportTables(report)}`);
  const plot = argument("--plot");
  if (plot !== undefined) await writeFile(plot, plotStages(report));
}

async function measureStack(runs: number) {
  const stack = await startBenchStack();
  const client = createKinoraClient({ grpcAddress: stack.grpcAddress });
  try {
    const idleMiB = memoryMiB(stack.pid);
    // The first job warms up; memory is looked at there, where looking costs no measured time.
    const warmUp = { prompt: "a green rabbit", seed: 999 };
    const peakMiB = await peakMemoryMiB(stack.pid, () => runBenchJob(stack, client, warmUp));
    const jobs = await runJobs(stack, client, runs);
    return { jobs, numbers: { startS: stack.startS, idleMiB, peakMiB } };
  } finally {
    client.close();
    await stack.stop();
  }
}

async function runJobs(stack: BenchStack, client: KinoraClient, runs: number): Promise<BenchJob[]> {
  const jobs: BenchJob[] = [];
  for (let seed = 0; seed < runs; seed++) {
    const prompt = PROMPTS[seed % PROMPTS.length] ?? "";
    const job = await runBenchJob(stack, client, { prompt, seed });
    jobs.push(job);
    console.error(`run ${seed + 1} of ${runs}: ${job.wallS.toFixed(2)} s`);
  }
  return jobs;
}

async function baselines(): Promise<Baselines | undefined> {
  const environment = process.env["KINORA_TRAINING_VENV"];
  return environment ? measureBaselines(environment, availableParallelism()) : undefined;
}

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

await main();
