import type { JsonObject } from "@kinora/inference";
import type { ComponentConfig } from "./component-config.ts";
import type { Pipeline } from "./pipeline.ts";

/** What a graph's input or output must be. */
export interface PortRule {
  readonly ranks: readonly number[];
  readonly types: readonly string[];
}

/** What a graph must take, and nothing else, and what it must give, at least. */
export interface GraphContract {
  readonly inputs: Readonly<Record<string, PortRule>>;
  /** Inputs that only some exports have. */
  readonly optional?: Readonly<Record<string, PortRule>>;
  readonly outputs: Readonly<Record<string, PortRule>>;
}

const floats = (...ranks: number[]): PortRule => ({ ranks, types: ["float32", "float16"] });
const integers = (...ranks: number[]): PortRule => ({ ranks, types: ["int64", "int32"] });
/** optimum writes a float scalar; older exports wrote int64, or one value per batch row. */
const TIMESTEP: PortRule = { ranks: [0, 1], types: ["float32", "float16", "int64"] };
const CLIP_INPUTS = { input_ids: integers(2) };

type Configs = ReadonlyMap<string, ComponentConfig>;

/**
 * The tensors of one of a pipeline's graphs, by the names under which optimum exports them
 * (optimum/exporters/onnx/model_configs.py); undefined for graphs that their own service checks.
 */
export function graphContract(
  pipeline: Pipeline,
  component: string,
  configs: Configs,
): GraphContract | undefined {
  const encoder = pipeline.textEncoders.find((each) => each.component === component);
  if (encoder) return textContract(pipeline, encoder.kind, configs.get(component));
  switch (component) {
    case "unet":
    case "transformer":
      return denoiserContract(pipeline, configs.get(component));
    case "vae_encoder":
      return {
        inputs: { sample: floats(4) },
        outputs: { [pipeline.kind === "pocket" ? "latent_sample" : "latent_parameters"]: floats(4) },
      };
    case "vae_decoder":
      return decoderContract(pipeline);
    case "image_encoder":
      return { inputs: { pixel_values: floats(4) }, outputs: { image_embeds: floats(2) } };
    default:
      return undefined;
  }
}

/** Index of the penultimate hidden state, which SDXL and SD3 read: of L layers there are states 0 to L. */
export function penultimateState({ num_hidden_layers: layers }: JsonObject): string {
  return `hidden_states.${Number(layers) - 1}`;
}

function textContract(
  pipeline: Pipeline,
  kind: Pipeline["textEncoders"][number]["kind"],
  config: ComponentConfig | undefined,
): GraphContract {
  const readsPenultimate = pipeline.kind === "stable-diffusion-xl" || pipeline.kind === "stable-diffusion-3";
  if (!readsPenultimate || kind === "t5" || !config) {
    return { inputs: CLIP_INPUTS, outputs: { last_hidden_state: floats(3) } };
  }
  config.count("num_hidden_layers");
  const hidden = { [penultimateState(config.json)]: floats(3) };
  return {
    inputs: CLIP_INPUTS,
    outputs: kind === "clip-pooled" ? { ...hidden, text_embeds: floats(2) } : hidden,
  };
}

function denoiserContract({ kind }: Pipeline, config: ComponentConfig | undefined): GraphContract {
  if (kind === "stable-diffusion-3") {
    return {
      inputs: {
        hidden_states: floats(4),
        encoder_hidden_states: floats(3),
        pooled_projections: floats(2),
        timestep: TIMESTEP,
      },
      outputs: { out_hidden_states: floats(4) },
    };
  }
  const unet = { sample: floats(4), timestep: TIMESTEP, encoder_hidden_states: floats(3) };
  if (kind === "stable-video-diffusion") {
    return {
      inputs: { ...unet, sample: floats(5), added_time_ids: floats(2) },
      outputs: { out_sample: floats(5) },
    };
  }
  const xl = kind === "stable-diffusion-xl" ? { text_embeds: floats(2), time_ids: floats(2) } : {};
  const guided = config?.json["time_cond_proj_dim"] ? { timestep_cond: floats(2) } : {};
  return { inputs: { ...unet, ...xl, ...guided }, outputs: { out_sample: floats(4) } };
}

function decoderContract({ kind }: Pipeline): GraphContract {
  const inputs = { latent_sample: floats(4) };
  if (kind === "pocket") return { inputs, outputs: { frames: { ranks: [4], types: ["uint8"] } } };
  // Exports of one clip at a time take its frames for their batch.
  const optional = kind === "stable-video-diffusion" ? { num_frames: integers(0, 1) } : {};
  return { inputs, optional, outputs: { sample: floats(4) } };
}
