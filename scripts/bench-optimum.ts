import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ROOT } from "./step.ts";

/** optimum's pipeline over the same folder, in a process of its own, which waits until it is asked for a picture. */
export interface OptimumPipeline {
  /** One picture: its seconds, and those inside each graph's runs. */
  draw(): Promise<PictureSeconds>;
  stop(): void;
}

/** Where the time of a picture went. */
export interface PictureSeconds {
  readonly seconds: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** What is drawn, and with what. */
export interface OptimumOptions {
  /** The Python of training/requirements-golden.txt. */
  readonly python: string;
  readonly folder: string;
  readonly size: string;
  readonly steps: string;
  readonly guidanceScale: string;
  readonly threads: number;
}

/** Starts the pipeline and draws once to warm up. Throws when it ends before its answer. */
export async function startOptimum(options: OptimumOptions): Promise<OptimumPipeline> {
  const { python, folder, size, steps, guidanceScale, threads } = options;
  const command = ["-W", "ignore", "-m", "training.golden.bench_pipelines", "turns", "--runtime", "optimum"];
  const request = ["--onnx", folder, "--size", size, "--steps", steps, "--guidance-scale", guidanceScale];
  const child = spawn(python, [...command, ...request, "--threads", String(threads)], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pipeline: OptimumPipeline = {
    async draw() {
      child.stdin.write("\n");
      const { value, done } = await answers.next();
      if (done) throw new Error(`${python} ended before it had drawn a picture.`);
      return JSON.parse(value) as PictureSeconds;
    },
    stop: () => child.stdin.end(),
  };
  await pipeline.draw();
  return pipeline;
}
