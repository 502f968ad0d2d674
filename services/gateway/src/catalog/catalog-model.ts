import type { SettingRange } from "./kinora-json.ts";
import type { SizeRule } from "./size-rule.ts";

export type { SettingRange };

/** What a model is for, in one word. */
export type ModelKind = "video" | "image" | "image_edit" | "motion";

/** What the API knows of one model: what it makes, in which shapes and ranges, read from its folder. */
export interface CatalogModel {
  /** Folder name under the models folder. */
  readonly name: string;
  /** Other names that callers may use. */
  readonly aliases: readonly string[];
  readonly kind: ModelKind;
  /** Digest of the folder's manifest, or of its descriptions where it has none. */
  readonly digest: string;
  /** Unix seconds. */
  readonly createdAtS: number;
  /** ISO 639-1 codes; empty where the folder does not say. */
  readonly languages: readonly string[];
  /** Words the text encoder knows, sorted; empty for encoders that take any text. */
  readonly vocabulary: readonly string[];
  /** What draws pictures from words; undefined: this model does not. */
  readonly picture?: PictureModel;
  /** What makes pictures from pictures and words; undefined: this model does not. */
  readonly pictureEdit?: PictureModel;
  /** What makes clips; undefined: this model does not. */
  readonly clip?: ClipModel;
  /** What it makes of words that say how a clip should change; undefined: only changes of time, by their names. */
  readonly edits?: readonly EditKind[];
  /** What draws the changes of clips; undefined: only their time can be changed. */
  readonly clipEdit?: ClipEditModel;
}

/** A folder that draws pictures from text, or changes a picture as told. */
export interface PictureModel {
  /** Folder whose graphs run. */
  readonly folder: string;
  /** From words; anew in part, from a picture and words (img2img); or a picture changed as told. */
  readonly task: "generate" | "vary" | "edit";
  readonly sizes: SizeRule;
  readonly numInferenceSteps: SettingRange;
  readonly guidanceScale: SettingRange;
  /** Whether it takes a text of what should not be seen. */
  readonly negativePrompt: boolean;
  /** Range of `guidance_rescale`, where its pipeline has one. */
  readonly guidanceRescale?: SettingRange;
  /** Range of `strength`, where a picture is varied. */
  readonly strength?: SettingRange;
  /** Whether its service reads the instruction itself, so that no embedding is made. */
  readonly readsInstruction?: boolean;
  /** Range of `image_guidance_scale`: editors that are guided by the picture too. */
  readonly imageGuidanceScale?: SettingRange;
}

/** What makes clips of one shape: a folder that draws the keyframe, and one that sets it in motion. */
export interface ClipModel {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second of the clip. */
  readonly fps: number;
  readonly numFrames: number;
  /** Length as the API spells it: whole seconds, for example "4" for 65 frames at 16 fps. */
  readonly seconds: string;
  /** Undefined: the clip begins from the caller's picture. */
  readonly keyframe?: KeyframeModel;
  readonly motion: MotionModel;
}

/** The half of a clip model that draws its first picture. */
export type KeyframeModel = Pick<
  PictureModel,
  "folder" | "numInferenceSteps" | "guidanceScale" | "negativePrompt"
>;

/** The half of a clip model that sets a picture in motion. */
export interface MotionModel {
  /** Folder whose graphs run. */
  readonly folder: string;
  readonly numInferenceSteps: SettingRange;
  /** Set for models that make every frame at once and are told how (Stable Video Diffusion). */
  readonly direct?: DirectMotion;
  /** Whether it reads the prompt. */
  readonly readsPrompt: boolean;
}

/** A kind of change that can be asked for in words. */
export interface EditKind {
  readonly task: string;
  /** What it can lead to, for example colours; empty where there is nothing to choose. */
  readonly values: readonly string[];
  /** Whether pictures cannot be changed so. */
  readonly clipsOnly: boolean;
}

/** How clips are changed as told in words. */
export interface ClipEditModel {
  /** Folder whose graphs run. */
  readonly folder: string;
  readonly numInferenceSteps: SettingRange;
  /** Some tasks need another than the default. */
  readonly guidanceScale: SettingRange;
  readonly imageGuidanceScale: SettingRange;
}

/** What a model that makes every frame at once is told of the clip. */
export interface DirectMotion {
  /** Frame rate as its training named it. */
  readonly fps: number;
  readonly motionBucketId: number;
  /** Strength of the noise on the picture. */
  readonly noiseAugStrength: number;
  /** Guidance scale of the first and of the last frame. */
  readonly minGuidanceScale: number;
  readonly maxGuidanceScale: number;
}

/** A folder that cannot be served, and why. */
export interface UnavailableModel {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One sentence that names the file and what was expected. */
  readonly reason: string;
}
