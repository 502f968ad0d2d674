import type { CatalogModel, SettingRange } from "./catalog-model.ts";
import type { FolderReader } from "./folder-reader.ts";
import { type FamilyJson, parseFamilyJson } from "./kinora-json.ts";
import type { SizeRule } from "./size-rule.ts";

/** What every reader of a folder finds; the catalog adds the aliases. */
export type FolderModel = Omit<CatalogModel, "aliases">;

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
    ...((await reader.has("editor/model.onnx")) ? readEditor(name, about) : {}),
  };
}

/** The editor of our own family changes single pictures and the key frames of clips alike. */
function readEditor(folder: string, about: FamilyJson): Pick<FolderModel, "pictureEdit" | "clipEdit"> {
  const { width, height, edit } = about;
  const clipEdit = {
    folder,
    numInferenceSteps: edit?.num_inference_steps ?? range(8, 1, 50),
    guidanceScale: edit?.guidance_scale ?? range(1, 1, 8),
    imageGuidanceScale: edit?.image_guidance_scale ?? range(1, 1, 8),
  };
  const pictureEdit = {
    ...clipEdit,
    task: "edit" as const,
    sizes: onlySize(width, height),
    negativePrompt: false,
  };
  return { clipEdit, pictureEdit };
}

/** Length of a clip as the API spells it: whole seconds, at least one. */
export function wholeSeconds(numFrames: number, fps: number): string {
  return String(Math.max(1, Math.floor(numFrames / fps)));
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
