import type { ClipModel, DirectMotion } from "./catalog-model.ts";
import type { FolderReader, JsonObject } from "./folder-reader.ts";
import { type ForeignJson, parseForeignJson } from "./kinora-json.ts";
import { findPipelineClass, PIPELINE_CLASS_NAMES, type PipelineClass } from "./pipeline-classes.ts";
import { type FolderModel, range, wholeSeconds } from "./read-family-folder.ts";
import { type PictureSize, parseSize, type SizeRule } from "./size-rule.ts";

/** Largest guidance scale of any kind: what the usual interfaces offer. */
const MAX_GUIDANCE = 30;
/** Pictures of small models may still have this many pixels. */
const SMALLEST_LIMIT_PIXELS = 1024 * 1024;

/** Conditions of Stable Video Diffusion where nobody says otherwise: the defaults of its `__call__`. */
const SVD = { fps: 7, motionBucketId: 127, noiseAugStrength: 0.02, minGuidanceScale: 1, maxGuidanceScale: 3 };
/** Its published folders have 96 in their configs and were trained, and are called by default, in this size. */
const SVD_PUBLISHED = { sampleSize: 96, size: { width: 1024, height: 576 } };

/**
 * A folder in diffusers' layout, as optimum exports it: what it makes follows from its pipeline
 * class, sizes from its configs, defaults from the pipeline's own. A kinora.json beside it overrides.
 */
export async function readDiffusersFolder(reader: FolderReader): Promise<FolderModel> {
  const { _class_name: named } = await reader.readJson("model_index.json");
  const className = typeof named === "string" ? named : "";
  const pipeline = findPipelineClass(className);
  if (!pipeline) {
    const known = PIPELINE_CLASS_NAMES.join(", ");
    return reader.refuse(
      `model_index.json: _class_name ${JSON.stringify(className)} is not served; served are ${known}.`,
    );
  }
  for (const graph of pipeline.graphs) {
    const file = `${graph}/model.onnx`;
    if (!(await reader.has(file))) reader.refuse(`${file} is missing; a ${className} needs it.`);
  }
  const card = (await reader.has("kinora.json"))
    ? parseForeignJson(reader.name, await reader.readJson("kinora.json"))
    : {};
  const made =
    pipeline.task === "motion"
      ? { kind: "motion" as const, clip: await readMotion(reader, pipeline, card) }
      : {
          kind: pipeline.task === "edit" ? ("image_edit" as const) : ("image" as const),
          ...(await readPictures(reader, pipeline, card)),
        };
  return {
    name: reader.name,
    ...made,
    digest: await reader.digest(),
    createdAtS: await reader.writtenAtS("model_index.json"),
    languages: card.languages ?? [],
    vocabulary: [],
  };
}

async function readPictures(
  reader: FolderReader,
  pipeline: PipelineClass,
  card: ForeignJson,
): Promise<Pick<FolderModel, "picture" | "pictureEdit">> {
  const { steps, maxSteps, guidanceScale, strength, imageGuidanceScale } = pipeline;
  const common = {
    folder: reader.name,
    sizes: await readSizes(reader, card),
    numInferenceSteps: card.t2i?.num_inference_steps ?? range(steps, 1, maxSteps),
    guidanceScale: card.t2i?.guidance_scale ?? range(guidanceScale, 0, MAX_GUIDANCE),
    negativePrompt: pipeline.negativePrompt,
  };
  if (imageGuidanceScale !== undefined) {
    const scale = range(imageGuidanceScale, 1, MAX_GUIDANCE);
    return { pictureEdit: { ...common, task: "edit", imageGuidanceScale: scale } };
  }
  const rescale = pipeline.guidanceRescale ? { guidanceRescale: range(0, 0, 1) } : {};
  const picture = { ...common, ...rescale, task: "generate" as const };
  if (strength === undefined || !(await reader.has("vae_encoder/model.onnx"))) return { picture };
  // diffusers rescales guidance when it draws from words only.
  return { picture, pictureEdit: { ...common, task: "vary", strength: range(strength, 0, 1) } };
}

async function readMotion(
  reader: FolderReader,
  { steps, maxSteps }: PipelineClass,
  card: ForeignJson,
): Promise<ClipModel> {
  const unet = await reader.readJson("unet/config.json");
  const own = await readSizes(reader, card);
  const published = unet["sample_size"] === SVD_PUBLISHED.sampleSize && card.width === undefined;
  const size = published ? SVD_PUBLISHED.size : own.default;
  const numFrames = card.num_frames ?? countOf(reader, unet, "num_frames");
  const fps = card.fps ?? SVD.fps;
  return {
    ...size,
    ...{ fps, numFrames, seconds: wholeSeconds(numFrames, fps) },
    motion: {
      folder: reader.name,
      numInferenceSteps: card.i2v?.num_inference_steps ?? range(steps, 1, maxSteps),
      readsPrompt: false,
      direct: directMotion(card.i2v, { ...SVD, fps }),
    },
  };
}

/** What a kinora.json says of the motion's conditions, the rest as given. */
export function directMotion(said: ForeignJson["i2v"], otherwise: DirectMotion): DirectMotion {
  return {
    fps: otherwise.fps,
    motionBucketId: said?.motion_bucket_id?.default ?? otherwise.motionBucketId,
    noiseAugStrength: said?.noise_aug_strength?.default ?? otherwise.noiseAugStrength,
    minGuidanceScale: said?.min_guidance_scale?.default ?? otherwise.minGuidanceScale,
    maxGuidanceScale: said?.guidance_scale?.default ?? otherwise.maxGuidanceScale,
  };
}

/**
 * Sizes of a latent model: pixels per latent follow from the autoencoder's levels, and a traced graph
 * joins its levels again only where the latents halve evenly down to the coarsest.
 */
async function readSizes(reader: FolderReader, card: ForeignJson): Promise<SizeRule> {
  const isUnet = await reader.has("unet/config.json");
  const denoiserFile = isUnet ? "unet/config.json" : "transformer/config.json";
  const denoiser = await reader.readJson(denoiserFile);
  const perLatent =
    2 ** (levelsOf(reader, await reader.readJson("vae_decoder/config.json"), "vae_decoder/config.json") - 1);
  const coarsest = isUnet
    ? 2 ** (levelsOf(reader, denoiser, denoiserFile) - 1)
    : countOf(reader, denoiser, "patch_size");
  const latents = sampleSize(reader, denoiser, denoiserFile);
  const own = {
    width: card.width ?? latents.width * perLatent,
    height: card.height ?? latents.height * perLatent,
  };
  const only = card.sizes?.map(parseSize).filter((size) => size !== undefined);
  return {
    default: own,
    ...(only ? { only } : {}),
    multiple: perLatent * coarsest,
    maxPixels: Math.max(4 * own.width * own.height, SMALLEST_LIMIT_PIXELS),
  };
}

function levelsOf(reader: FolderReader, config: JsonObject, file: string): number {
  const channels = config["block_out_channels"];
  if (Array.isArray(channels) && channels.length > 0) return channels.length;
  return reader.refuse(`${file}: block_out_channels must list a number for each level.`);
}

function sampleSize(reader: FolderReader, config: JsonObject, file: string): PictureSize {
  const size = config["sample_size"];
  const [height, width] = Array.isArray(size) ? (size as readonly unknown[]) : [size, size];
  if (isCount(height) && isCount(width)) return { width, height };
  return reader.refuse(`${file}: sample_size must be a whole number above 0, or two of them.`);
}

function countOf(reader: FolderReader, config: JsonObject, name: string): number {
  const value = config[name];
  return isCount(value)
    ? value
    : reader.refuse(`${name} of the denoiser's config.json must be a whole number above 0.`);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
