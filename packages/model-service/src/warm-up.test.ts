import { expect, it } from "vitest";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { warmUpFeeds } from "./warm-up.ts";

const pipeline = { vae: { scaleFactor: 8 }, width: 768, height: 512, numFrames: 14 } as Pipeline;

it("feeds a guided batch of the pipeline's own size", () => {
  const feeds = warmUpFeeds(
    {
      inputs: [
        { name: "sample", type: "float16", shape: ["batch_size", 4, "height", "width"] },
        { name: "timestep", type: "int64", shape: ["steps"] },
        { name: "encoder_hidden_states", type: "float16", shape: ["batch_size", "sequence_length", 2048] },
        { name: "text_embeds", type: "float16", shape: ["batch_size", 1280] },
        { name: "time_ids", type: "float16", shape: ["batch_size", 6] },
      ],
    },
    pipeline,
  );
  const dims = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensor.dims]));
  expect(dims).toEqual({
    sample: [2, 4, 64, 96],
    timestep: [2],
    encoder_hidden_states: [2, 77, 2048],
    text_embeds: [2, 1280],
    time_ids: [2, 6],
  });
  expect(feeds["timestep"]?.type).toBe("int64");
});

it("feeds a clip's frames, and a scalar timestep", () => {
  const feeds = warmUpFeeds(
    {
      inputs: [
        { name: "sample", type: "float32", shape: ["batch_size", "num_frames", 8, "height", "width"] },
        { name: "timestep", type: "float32", shape: [] },
      ],
    },
    pipeline,
  );
  expect(feeds["sample"]?.dims).toEqual([2, 14, 8, 64, 96]);
  expect(feeds["timestep"]?.data).toEqual(Float32Array.of(0));
});
