import { readdirSync, readFileSync } from "node:fs";
import { fixturePath } from "@kinora/testing";
import { expect, it } from "vitest";
import type { Engine } from "./engine.ts";
import { float32Tensor } from "./tensor/tensor.ts";
import { testEngine } from "./testing/test-engine.ts";

// What a child takes of its machine, read from /proc: elsewhere than on Linux there is nothing to read.

const decoder = fixturePath("models/tiny-sd/vae_decoder/model.onnx");
const LATENTS = 64;

/** How long the child's threads were on a core, in milliseconds. */
function cpuMs(engine: Engine): number {
  const folder = `/proc/${engine.childPid}/task`;
  const nanoseconds = readdirSync(folder).map((thread) =>
    Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
}

/** What the child holds of its own, in MiB. */
function heldMiB(engine: Engine): number {
  const status = readFileSync(`/proc/${engine.childPid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Decodes a picture of 512x512, whose activations take some ten MiB. */
async function decodeOnce(engine: Engine) {
  const session = await engine.load(decoder);
  const latent_sample = float32Tensor(new Float32Array(4 * LATENTS * LATENTS), [1, 4, LATENTS, LATENTS]);
  return async () => {
    await engine.run(session, { latent_sample });
  };
}

// Spinning threads must come to rest with their run.
it.skipIf(process.platform !== "linux").each([0, 100_000])(
  "takes no core when nothing is computed, its threads spinning for %d us",
  async (spinUs) => {
    await using engine = testEngine({ spinUs });
    const decode = await decodeOnce(engine);
    let least = Number.POSITIVE_INFINITY;
    // The child's own garbage collector may pass by: the least of a few counts.
    for (let attempt = 0; attempt < 5; attempt++) {
      await decode();
      const before = cpuMs(engine);
      await new Promise((resolve) => setTimeout(resolve, 300));
      least = Math.min(least, cpuMs(engine) - before);
    }
    expect(least).toBeLessThan(5);
  },
);

it.skipIf(process.platform !== "linux")("holds the activations of a size once", async () => {
  await using engine = testEngine();
  const decode = await decodeOnce(engine);
  const loaded = heldMiB(engine);
  await decode();
  const first = heldMiB(engine) - loaded;
  for (let run = 0; run < 3; run++) await decode();
  expect(heldMiB(engine) - loaded).toBeLessThan(1.5 * first);
});
