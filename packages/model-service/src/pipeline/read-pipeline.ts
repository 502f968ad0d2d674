import { AppError } from "@kinora/errors";
import type { ModelFolder } from "@kinora/inference";
import { checkGraphPorts } from "./check-graph-ports.ts";
import { type ComponentConfig, readComponentConfig } from "./component-config.ts";
import type { Pipeline, TextEncoder, Vae } from "./pipeline.ts";
import { PIPELINE_CLASSES, PIPELINE_SHAPES, type PipelineShape, pipelineKind } from "./pipeline-classes.ts";

/** A pipeline with the configs of its graphs. */
export interface ReadPipeline {
  readonly pipeline: Pipeline;
  /** By folder name. */
  readonly configs: ReadonlyMap<string, ComponentConfig>;
}

/** Stable Video Diffusion's `sample_size`, which is not what diffusers generates by default: 576 x 1024 is. */
const SVD_SAMPLE_SIZE = 96;
const SVD_SIZE = { height: 576, width: 1024 };

/**
 * Says what a folder is, and checks that it has every graph, file and tensor which that pipeline needs.
 * Throws `model_invalid` with one sentence that names the file and what was expected.
 */
export async function readPipeline(folder: ModelFolder): Promise<ReadPipeline> {
  const named = readClass(folder);
  const shape = PIPELINE_SHAPES[named.kind];
  const textEncoders = presentTextEncoders(folder, shape);
  const needed = [
    shape.denoiser,
    ...textEncoders.map(({ component }) => component),
    ...(shape.imageEncoder ? [shape.imageEncoder] : []),
    ...shape.required,
  ];
  const graphs = [...needed, ...shape.optional.filter((component) => folder.has(`${component}/model.onnx`))];
  assertFiles(
    folder,
    named.className,
    needed.map((component) => `${component}/model.onnx`),
  );
  assertFiles(
    folder,
    named.className,
    graphs.map((component) => `${component}/config.json`),
  );
  assertFiles(folder, named.className, tokenizerFiles(folder, textEncoders));
  if (shape.imageEncoder)
    assertFiles(folder, named.className, ["feature_extractor/preprocessor_config.json"]);

  const configs = new Map<string, ComponentConfig>();
  for (const component of graphs) configs.set(component, await readComponentConfig(folder, component));
  const pipeline: Pipeline = {
    ...named,
    denoiser: shape.denoiser,
    textEncoders,
    imageEncoder: shape.imageEncoder,
    graphs,
    forceZerosForEmptyPrompt: readForceZeros(folder, named.kind),
    ...(named.kind === "pocket" ? readPocketSizes(folder) : readSizes(folder, named.kind, configs)),
  };
  checkGraphPorts(folder, pipeline, configs);
  return { pipeline, configs };
}

function refuse(folder: ModelFolder, reason: string): never {
  throw new AppError("model_invalid", { model: folder.name, reason });
}

function readClass(folder: ModelFolder) {
  const { _class_name: className } = folder.index;
  const named = typeof className === "string" ? pipelineKind(className) : undefined;
  if (named) return named;
  return refuse(
    folder,
    `model_index.json: _class_name ${JSON.stringify(className) ?? "is missing and"} is not served; expected one of ${PIPELINE_CLASSES.join(", ")}.`,
  );
}

/** A component that model_index.json sets to null was left out on purpose. */
function presentTextEncoders(folder: ModelFolder, shape: PipelineShape): TextEncoder[] {
  return shape.textEncoders.filter(({ component }) => {
    const entry = folder.index[component];
    const isLeftOut = entry === undefined || entry === null || (Array.isArray(entry) && entry[0] === null);
    return !(isLeftOut && shape.dispensable?.includes(component) && !folder.has(`${component}/model.onnx`));
  });
}

function assertFiles(folder: ModelFolder, className: string, files: readonly string[]): void {
  for (const file of files) {
    if (!folder.has(file)) refuse(folder, `${file} is missing; ${className} needs it.`);
  }
}

/** tokenizer.json, or the files from which one is made. */
function tokenizerFiles(folder: ModelFolder, textEncoders: readonly TextEncoder[]): string[] {
  return textEncoders.flatMap(({ tokenizer, kind }) => {
    const config = `${tokenizer}/tokenizer_config.json`;
    if (kind !== "clip" && kind !== "clip-pooled") return [`${tokenizer}/tokenizer.json`, config];
    if (folder.has(`${tokenizer}/tokenizer.json`)) return [config];
    return [`${tokenizer}/vocab.json`, `${tokenizer}/merges.txt`, config];
  });
}

function readForceZeros(folder: ModelFolder, kind: Pipeline["kind"]): boolean {
  const { force_zeros_for_empty_prompt: given } = folder.index;
  return kind === "stable-diffusion-xl" && (given ?? true) === true;
}

type Sizes = Pick<Pipeline, "vae" | "width" | "height" | "sizeMultiple" | "numFrames">;

function readSizes(
  folder: ModelFolder,
  kind: Pipeline["kind"],
  configs: ReadonlyMap<string, ComponentConfig>,
): Sizes {
  const { denoiser: name, channelsPerLatent } = PIPELINE_SHAPES[kind];
  const denoiser = configOf(configs, name);
  const vae = readVae(folder, configOf(configs, "vae_decoder"));
  const channels = denoiser.count("in_channels");
  if (channels !== channelsPerLatent * vae.latentChannels) {
    const expected = channelsPerLatent * vae.latentChannels;
    refuse(
      folder,
      `${name}/config.json: in_channels must be ${expected} for vae_decoder's ${vae.latentChannels} latent channels, got ${channels}.`,
    );
  }
  const sample = denoiser.size("sample_size");
  const isPublicSvd = kind === "stable-video-diffusion" && sample.height === SVD_SAMPLE_SIZE;
  const size = isPublicSvd
    ? SVD_SIZE
    : { height: sample.height * vae.scaleFactor, width: sample.width * vae.scaleFactor };
  // A U-Net's graph doubles its latents as often as it halves them, with no room for odd rows and columns.
  const coarsest =
    name === "transformer"
      ? denoiser.count("patch_size", 2)
      : 2 ** (denoiser.counts("block_out_channels").length - 1);
  return {
    vae,
    ...size,
    sizeMultiple: vae.scaleFactor * coarsest,
    numFrames: kind === "stable-video-diffusion" ? denoiser.count("num_frames", 25) : undefined,
  };
}

function readVae(folder: ModelFolder, config: ComponentConfig): Vae {
  for (const key of ["latents_mean", "latents_std"]) {
    if (config.json[key] !== undefined && config.json[key] !== null) {
      refuse(folder, `vae_decoder/config.json: ${key} must be null; normalized latents are not supported.`);
    }
  }
  return {
    latentChannels: config.count("latent_channels", 4),
    scaleFactor: 2 ** (config.counts("block_out_channels").length - 1),
    scalingFactor: config.number("scaling_factor", 0.18215),
    shiftFactor: config.number("shift_factor", 0),
  };
}

function configOf(configs: ReadonlyMap<string, ComponentConfig>, component: string): ComponentConfig {
  const config = configs.get(component);
  if (!config) throw new Error(`The config of ${component} was not read. This is a bug.`);
  return config;
}

/** Our own family says its sizes in kinora.json. */
function readPocketSizes(folder: ModelFolder): Sizes {
  const { width, height, num_frames: numFrames, latent_shape: latents } = folder.card ?? {};
  const [channels, rows] = (Array.isArray(latents) ? latents : []) as unknown[];
  const sizes = [width, height, numFrames, channels, rows];
  if (!sizes.every((value) => Number.isSafeInteger(value) && (value as number) >= 1)) {
    refuse(folder, "kinora.json must have width, height, num_frames and latent_shape [C, h, w].");
  }
  const [w, h, frames, latentChannels, latentRows] = sizes as [number, number, number, number, number];
  return {
    vae: { latentChannels, scaleFactor: h / latentRows, scalingFactor: 1, shiftFactor: 0 },
    width: w,
    height: h,
    sizeMultiple: h,
    numFrames: frames,
  };
}
