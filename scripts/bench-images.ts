import { parseArgs } from "node:util";
import { startBenchStack } from "./bench-stack.ts";

// `npm run bench:images -- --model FOLDER [--size N] [--steps N] [--guidance-scale N] [--runs N]`: pictures a second of
// a diffusers folder in KINORA_MODELS_DIR, through the embedded stack and POST /v1/images/generations. JSON on stdout, as
// `python -m training.golden.bench_pipelines measure` prints it for diffusers and for optimum.

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "tiny-sd" },
    size: { type: "string", default: "64" },
    steps: { type: "string", default: "4" },
    runs: { type: "string", default: "3" },
    "guidance-scale": { type: "string", default: "7.5" },
  },
});

async function main(): Promise<void> {
  const request = {
    model: values.model,
    prompt: "a photo of a red ball in front of a blue sky",
    size: `${values.size}x${values.size}`,
    num_inference_steps: Number(values.steps),
    guidance_scale: Number(values["guidance-scale"]),
    response_format: "b64_json",
  };
  process.env["KINORA_DEFAULT_MODEL"] ??= values.model;
  const stack = await startBenchStack();
  try {
    // The first picture loads the graphs.
    await draw(stack.baseUrl, { ...request, seed: 999 });
    const seconds: number[] = [];
    for (let seed = 0; seed < Number(values.runs); seed++) {
      const startMs = performance.now();
      await draw(stack.baseUrl, { ...request, seed });
      seconds.push((performance.now() - startMs) / 1000);
    }
    const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
    console.log(JSON.stringify({ request, seconds, median_s: median, images_per_s: 1 / median }, null, 2));
  } finally {
    await stack.stop();
  }
}

/** One picture. Throws with the answer's text when it fails. */
async function draw(baseUrl: string, request: object): Promise<void> {
  const answer = await fetch(`${baseUrl}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!answer.ok) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

await main();
