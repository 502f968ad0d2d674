import type { CatalogModel, EditKind, SettingRange } from "./catalog-model.ts";
import type { FolderReader } from "./folder-reader.ts";
import { type FamilyJson, parseEditorConfig, parseFamilyJson, parsePredictorConfig } from "./kinora-json.ts";
import type { SizeRule } from "./size-rule.ts";

/** What every reader of a folder finds; the catalog adds the aliases. */
export type FolderModel = Omit<CatalogModel, "aliases">;

const MAX_EDIT_STEPS = 50;
const MAX_EDIT_GUIDANCE = 8;

/** A folder of our own family: it draws a keyframe, sets it in motion, and serves the keyframe as a picture. */
export async function readFamilyFolder(reader: FolderReader): Promise<FolderModel> {
  const { name } = reader;
  const about = parseFamilyJson(name, await reader.readJson("kinora.json"));
  const { width, height, fps, num_frames: numFrames } = about;
  const keyframe = {
    folder: name,
    numInferenceSteps: about.t2i.num_inference_steps,
    guidanceScale: about.t2i.guidance_scale,
    negativePrompt: false,
  };
  if (!(await reader.has("manifest.json"))) reader.refuse("manifest.json is missing.");
  return {
    name,
    kind: "video",
    digest: await reader.digest(),
    createdAtS: await reader.writtenAtS("kinora.json"),
    languages: about.languages,
    vocabulary: await readVocabulary(reader),
    picture: { ...keyframe, task: "generate", sizes: onlySize(width, height) },
    clip: {
      ...{ width, height, fps, numFrames, seconds: wholeSeconds(numFrames, fps) },
      keyframe,
      motion: {
        folder: name,
        numInferenceSteps: about.i2v.num_inference_steps,
        readsPrompt: true,
      },
    },
    ...(await readEditing(reader, about)),
  };
}

type Editing = Pick<FolderModel, "edits" | "pictureEdit" | "clipEdit">;

/** The editor of our own family changes single pictures and the key frames of clips alike; its predictor reads words. */
async function readEditing(reader: FolderReader, { width, height }: FamilyJson): Promise<Editing> {
  if (!(await reader.has("task_predictor/model.onnx"))) return {};
  const hasEditor = await reader.has("editor/model.onnx");
  const edits = await readEditKinds(reader, hasEditor);
  if (!hasEditor) return { edits };
  const { defaults } = parseEditorConfig(reader.name, await reader.readJson("editor/config.json"));
  const clipEdit = {
    folder: reader.name,
    numInferenceSteps: range(defaults.num_inference_steps, 1, MAX_EDIT_STEPS),
    guidanceScale: range(defaults.guidance_scale, 1, MAX_EDIT_GUIDANCE),
    imageGuidanceScale: range(defaults.image_guidance_scale, 1, MAX_EDIT_GUIDANCE),
  };
  const own = { task: "edit", negativePrompt: false, readsInstruction: true } as const;
  return {
    edits,
    clipEdit,
    pictureEdit: { ...clipEdit, ...own, sizes: onlySize(width, height) },
  };
}

/** What the predictor tells apart and this folder can do: without an editor, what needs no drawing. */
async function readEditKinds(reader: FolderReader, hasEditor: boolean): Promise<EditKind[]> {
  const config = parsePredictorConfig(reader.name, await reader.readJson("task_predictor/config.json"));
  return config.tasks
    .filter(({ name, drawn }) => name !== config.not_understood && (hasEditor || !drawn))
    .map(({ name: task, supported: values = [], clip_only: clipsOnly }) => ({ task, values, clipsOnly }));
}

/** Length of a clip as the API spells it: the nearest whole seconds, at least one. */
export function wholeSeconds(numFrames: number, fps: number): string {
  return String(Math.max(1, Math.round(numFrames / fps)));
}

/** A setting of one value in a range, where a folder does not say more. */
export function range(value: number, minimum: number, maximum: number): SettingRange {
  return { default: value, minimum, maximum };
}

function onlySize(width: number, height: number): SizeRule {
  const size = { width, height };
  return { default: size, only: [size], multiple: 1, maxPixels: width * height };
}

async function readVocabulary(reader: FolderReader): Promise<string[]> {
  const { model } = await reader.readJson("tokenizer/tokenizer.json");
  const { vocab } = (model ?? {}) as { vocab?: unknown };
  if (typeof vocab !== "object" || vocab === null) {
    return reader.refuse("tokenizer/tokenizer.json has no model.vocab.");
  }
  return Object.keys(vocab)
    .filter((word) => !/^<.*>$/.test(word))
    .sort();
}
