import { create } from "@bufbuild/protobuf";
import { i2v } from "@kinora/contracts";
import { createModelHost, type OwnedModelHost } from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import { fixturePath, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAnimate } from "../animate.ts";

let folder: TemporaryFolder;
let host: OwnedModelHost;

beforeAll(async () => {
  folder = await temporaryFolder("animate");
  const config = {
    modelsDir: fixturePath("models"),
    dataDir: folder.path,
    device: "cpu",
    engineThreads: 1,
  } as const;
  host = createModelHost(config, createLogger({ service: "test", level: "silent" }));
});

afterAll(async () => {
  await host.close();
  await folder.remove();
});

/** A tensor of waves. */
function waves(...dims: number[]) {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
  return { type: "float32", dims, data } as const;
}

it("gives the given frame, and the key frames after it, as its seed says", async () => {
  const { signal } = new AbortController();
  const first = waves(1, 3, 64, 64);
  const firstFrame = await host.artifacts.writeTensors("first", { latents: first });
  const embedding = await host.artifacts.writeTensors("words", { last_hidden_state: waves(1, 32, 8) });
  async function animate(seed: bigint) {
    const request = create(i2v.AnimateRequestSchema, {
      target: { model: "tiny", outputPrefix: "out/" },
      firstFrame,
      embedding,
      seed,
      numInferenceSteps: 2,
      guidanceScale: 1,
    });
    const completed: (number | undefined)[] = [];
    for await (const { event } of createAnimate(host)(request, { signal } as never)) {
      if (event?.case === "progress") completed.push(event.value.completed);
      if (event?.case !== "result") continue;
      expect(completed).toEqual([0, 1, 2]);
      return host.artifacts.readTensor(event.value.keyFrames as never, "latents", signal);
    }
    throw new Error("There was no result.");
  }

  const frames = await animate(5n);
  expect(frames.dims).toEqual([17, 3, 64, 64]);
  expect(frames.data.slice(0, first.data.length)).toEqual(first.data);
  expect(await animate(5n)).toEqual(frames);
  expect((await animate(6n)).data).not.toEqual(frames.data);
});
