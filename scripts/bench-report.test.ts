import { describe, expect, it } from "vitest";
import type { Baselines } from "./bench-baselines.ts";
import { plotStages } from "./bench-plot.ts";
import { makeReport, reportTables } from "./bench-report.ts";
import type { BenchJob } from "./bench-stack.ts";
import { readBenchModel, stageWork } from "./bench-work.ts";

const job = (wallS: number): BenchJob => ({
  wallS,
  firstKeyframeS: 0.5,
  cpuS: { engines: 6, services: 0.5, gateway: 0.2, ffmpeg: 0.6 },
  stages: { animate: { wallS: 2, modelS: 1.5 }, encode_clip: { wallS: wallS - 2, modelS: 1 } },
});
const card = {
  num_frames: 65,
  keyframe_count: 17,
  t2i: { num_inference_steps: { default: 12 }, guidance_scale: { default: 3 } },
  i2v: { num_inference_steps: { default: 8 } },
};
const model = { work: stageWork(card, false), gflop: { motion_unet: 20, vae_decoder: 3 } };
const stack = { startS: 4, idleMiB: 1000, peakMiB: 1500 };
const baselines: Baselines = {
  onnxruntime: "1.32.0",
  torch: "2.15.0",
  threads: 2,
  graphs: {
    motion_unet: { batch: 1, onnxruntime_s: 0.2, torch_s: 0.4 },
    vae_decoder: { batch: 5, onnxruntime_s: 0.1, torch_s: 0.3 },
  },
};

describe("the work of a clip", () => {
  it("is what the card's defaults ask for", () => {
    expect(stageWork(card, false)).toMatchObject({
      generate_keyframe: { graph: "unet", items: 24 },
      interpolate: { items: 48 },
      encode_clip: { items: 65 },
    });
    expect(stageWork(card, true)["generate_keyframe"]?.items).toBe(12);
  });

  it("is counted for every graph of the committed model", async () => {
    const { work, gflop } = await readBenchModel();
    for (const { graph } of Object.values(work)) expect(gflop[graph]).toBeTypeOf("number");
  });
});

describe("a report", () => {
  const report = makeReport({ jobs: [job(5), job(4), job(8)], stack, model, baselines });

  it("has medians, shares and rates", () => {
    expect(report).toMatchObject({
      wall_s: 5,
      fastest_wall_s: 4,
      model_s: 2.5,
      everything_else_s: 2.5,
      everything_else_share: 0.5,
      real_time_factor: 0.813,
      gflop: 8 * 20 + 65 * 3,
    });
    expect(report.stages["animate"]).toEqual({
      wall_s: 2,
      model_s: 1.5,
      gflop: 160,
      gflop_per_s: 107,
      python_onnxruntime_s: 1.6,
      torch_s: 3.2,
    });
    expect(report.stages["encode_clip"]).toMatchObject({ wall_s: 3, python_onnxruntime_s: 1.3 });
  });

  it("says plainly when no baselines were measured", () => {
    const without = makeReport({ jobs: [job(5)], stack, model });
    expect(without.baselines).toMatch(/not measured: KINORA_TRAINING_VENV/);
    expect(without.stages["animate"]).not.toHaveProperty("torch_s");
    expect(reportTables(without)).toContain("| animate | 2 | 1.5 | 160 | 107 |  |  |");
    expect(plotStages(without)).not.toContain("torch");
  });

  it("is drawn to scale", () => {
    const svg = plotStages(report);
    const widths = [...svg.matchAll(/width="([\d.]+)" height="14"/g)].map(([, width]) => Number(width));
    // animate: model and rest; encode_clip: model and rest.
    expect(widths).toHaveLength(4);
    expect((widths[0] as number) / (widths[1] as number)).toBeCloseTo(3, 1);
    expect((widths[2] as number) / (widths[3] as number)).toBeCloseTo(0.5, 1);
    expect(svg).toContain("torch");
  });
});
