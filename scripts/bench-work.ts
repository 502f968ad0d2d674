import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./step.ts";

/** What a stage asks of a graph: how many items go through it for one clip. */
export interface StageWork {
  readonly graph: string;
  readonly items: number;
}

/** kinora.json, as far as it says how much is computed. */
export interface ModelCard {
  readonly num_frames: number;
  readonly keyframe_count: number;
  readonly t2i: ModelDefaults;
  readonly i2v: Pick<ModelDefaults, "num_inference_steps">;
}

interface ModelDefaults {
  readonly num_inference_steps: { readonly default: number };
  readonly guidance_scale: { readonly default: number };
}

/** The default model's card and the counted operations of its graphs. */
export interface BenchModel {
  readonly work: Readonly<Record<string, StageWork>>;
  /** GFLOP of one item by graph; see training/evaluate/flops.py. */
  readonly gflop: Readonly<Record<string, number>>;
}

/** Reads models/pocket. */
export async function readBenchModel(): Promise<BenchModel> {
  const read = async (path: string) => JSON.parse(await readFile(join(ROOT, path), "utf8")) as unknown;
  const card = (await read("models/pocket/kinora.json")) as ModelCard;
  const unet = (await read("models/pocket/unet/config.json")) as { time_cond_proj_dim?: number };
  const gflop = (await read("scripts/bench-gflop.json")) as Record<string, number>;
  return { work: stageWork(card, unet.time_cond_proj_dim !== undefined), gflop };
}

/** Items by stage for one clip with the card's defaults; `embedsGuidance`: one pass a step in place of two. */
export function stageWork(card: ModelCard, embedsGuidance: boolean): Record<string, StageWork> {
  const { t2i, i2v } = card;
  const passes = embedsGuidance || t2i.guidance_scale.default === 1 ? 1 : 2;
  return {
    encode_prompt: { graph: "text_encoder", items: 2 },
    generate_keyframe: { graph: "unet", items: t2i.num_inference_steps.default * passes },
    decode_keyframe: { graph: "vae_decoder", items: 1 },
    encode_keyframe: { graph: "vae_encoder", items: 1 },
    animate: { graph: "motion_unet", items: i2v.num_inference_steps.default },
    interpolate: { graph: "interpolator", items: card.num_frames - card.keyframe_count },
    encode_clip: { graph: "vae_decoder", items: card.num_frames },
  };
}
