import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type PictureSeconds, startOptimum } from "./bench-optimum.ts";
import { startBenchStack } from "./bench-stack.ts";

// `npm run bench:images -- --model FOLDER [--size N] [--steps N] [--guidance-scale N] [--runs N] [--at-once N]
// [--python PATH]`:
// pictures a second of a diffusers folder in KINORA_MODELS_DIR, through the embedded stack and
// POST /v1/images/generations; with the Python of training/requirements-golden.txt, optimum's pipeline over the same
// folder takes turns with it, on as many threads. With --at-once so many requests are under way together, as a service
// has them, and a picture's seconds are its share of the time. JSON on stdout.

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "tiny-sd" },
    size: { type: "string", default: "64" },
    steps: { type: "string", default: "4" },
    runs: { type: "string", default: "3" },
    "at-once": { type: "string", default: "1" },
    "guidance-scale": { type: "string", default: "7.5" },
    python: { type: "string" },
  },
});

interface Answer {
  readonly stage_durations: Readonly<Record<string, number>>;
  readonly inference_time_s: number;
}

/** Until optimum's threads, which spin after a run, have come to rest. */
const REST_MS = 300;

const request = {
  model: values.model,
  size: `${values.size}x${values.size}`,
  num_inference_steps: Number(values.steps),
  guidance_scale: Number(values["guidance-scale"]),
  response_format: "b64_json",
};

async function main(): Promise<void> {
  process.env["KINORA_DEFAULT_MODEL"] ??= values.model;
  const stack = await startBenchStack();
  const optimum = values.python === undefined ? undefined : await optimumBeside(values.python);
  try {
    // The first picture loads the graphs.
    await draw(stack.baseUrl, 999);
    console.error("warm: now it is measured");
    const kinoraRuns: PictureSeconds[] = [];
    const optimumRuns: PictureSeconds[] = [];
    for (let seed = 0; seed < Number(values.runs); seed++) {
      kinoraRuns.push(await drawTogether(stack.baseUrl, seed, Number(values["at-once"])));
      if (!optimum) continue;
      optimumRuns.push(await optimum.draw());
      await setTimeout(REST_MS);
    }
    const report = { kinora: summary(kinoraRuns), ...(optimum && { optimum: summary(optimumRuns) }) };
    console.log(
      JSON.stringify(
        { request, at_once: Number(values["at-once"]), threads: availableParallelism(), ...report },
        null,
        2,
      ),
    );
  } finally {
    optimum?.stop();
    await stack.stop();
  }
}

/** Over the same folder, with the same request. */
function optimumBeside(python: string) {
  return startOptimum({
    python,
    folder: join(process.env["KINORA_MODELS_DIR"] ?? "models", values.model),
    size: values.size,
    steps: values.steps,
    guidanceScale: values["guidance-scale"],
    threads: availableParallelism(),
  });
}

/** So many pictures under way together: what one of them takes of the time, and the first one's parts. */
async function drawTogether(baseUrl: string, run: number, count: number): Promise<PictureSeconds> {
  const startMs = performance.now();
  const seeds = Array.from({ length: count }, (_, index) => run * count + index);
  const [first] = await Promise.all(seeds.map((seed) => draw(baseUrl, seed)));
  return { seconds: (performance.now() - startMs) / 1000 / count, parts: first?.parts ?? {} };
}

/** One picture. Throws with the answer's text when it fails. */
async function draw(baseUrl: string, seed: number): Promise<PictureSeconds> {
  const startMs = performance.now();
  const answer = await fetch(`${baseUrl}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    // Words of its own, as those of an earlier picture are not encoded again.
    body: JSON.stringify({ ...request, prompt: `photo ${seed} of a red ball in front of a blue sky`, seed }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { stage_durations, inference_time_s } = (await answer.json()) as Answer;
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, parts: { ...stage_durations, "inside model runs": inference_time_s } };
}

function summary(runs: readonly PictureSeconds[]) {
  const medianS = median(runs.map(({ seconds }) => seconds));
  const names = Object.keys(runs[0]?.parts ?? {});
  const parts = names.map((name) => [name, median(runs.map(({ parts: own }) => own[name] ?? 0))] as const);
  return {
    seconds: runs.map(({ seconds }) => seconds),
    median_s: medianS,
    images_per_s: 1 / medianS,
    median_parts_s: Object.fromEntries(parts),
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = low] = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return (low + high) / 2;
}

await main();
