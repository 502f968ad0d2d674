import { AppError } from "@kinora/errors";
import type { JobRecord } from "@kinora/jobs";
import { assertClipModel, type ClipMaker } from "./api/assert-model-kind.ts";
import { checkPrompt } from "./api/check-prompt.ts";
import {
  assertKnownEditFields,
  EXTENSION_FIELDS,
  REMIX_FIELDS,
  VIDEO,
  VIDEO_EDIT_FIELDS,
} from "./api/edit-fields.ts";
import { createFieldReader, type FieldReader, type RawRequest } from "./api/field-reader.ts";
import { invalid, parseInteger, parseString } from "./api/parse-value.ts";
import { readEditSettings } from "./api/read-edit-settings.ts";
import { requestFingerprint } from "./api/request-fingerprint.ts";
import { showValue } from "./api/show-value.ts";
import { MAX_SEED, saysSeconds } from "./api/video-fields.ts";
import { clipOf } from "./clip-of-record.ts";
import {
  type EditRequest,
  type EditSource,
  isNamedTask,
  NAMED_TASKS,
  type NamedTask,
  TEMPORAL_TASKS,
} from "./edit-job.ts";
import type { JobWarning } from "./job-result.ts";
import type { ModelCatalog } from "./model-catalog.ts";
import { extendedLength } from "./plans/extend-clip.ts";
import { assertLength } from "./plans/temporal-edits.ts";

/** An uploaded clip as the request names it: read later, when all fields are known to be right. */
export interface UploadedClip {
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** Key frames in the model's size, and what was noticed. Throws `invalid_video`, `whole` also where the rest was cut. */
  read(
    model: ClipMaker,
    options: { readonly whole: boolean },
  ): Promise<{ readonly source: EditSource; readonly warnings: readonly JobWarning[] }>;
}

/** What an edit is checked against. */
export interface EditPorts {
  readonly models: ModelCatalog;
  readonly drawSeed: () => number;
  /** The caller's finished video. Throws `video_not_found` and `video_not_ready`. */
  readonly findVideo: (id: string) => Promise<JobRecord>;
}

/** What came with the request besides its fields. */
export interface EditInput {
  /** The clip in the path of a remix. */
  readonly remixOf?: string | undefined;
  /** Whether the path says that the clip goes on. */
  readonly extends?: boolean | undefined;
  readonly upload?: UploadedClip | undefined;
}

declare const validated: unique symbol;

/** A request that may be stored and run. Only validateEditRequest makes one. */
export interface ValidEditRequest {
  readonly [validated]: true;
  readonly request: EditRequest;
  readonly fingerprint: string;
}

/**
 * Checks a raw request to edit a clip, finds the clip, and fills in the defaults. Stores nothing but
 * an upload's key frames. Throws AppError with `param` naming the field at fault, and
 * `capability_missing` for words to a model without an editor.
 */
export async function validateEditRequest(
  raw: RawRequest,
  input: EditInput,
  ports: EditPorts,
): Promise<ValidEditRequest> {
  // The clip in a path comes before the body: what is wrong there is only told to its owner.
  const remixed = input.remixOf === undefined ? undefined : await ports.findVideo(input.remixOf);
  const reader = createFieldReader(raw);
  assertKnownEditFields(reader.names, fieldsOf(input));
  const task = input.extends ? "extend" : readTask(reader);
  const prompt = readPrompt(reader, task);
  const id = readSourceId(reader, input);
  const record = remixed ?? (id === undefined ? undefined : await ports.findVideo(id));
  const { model, requestedModel } = chooseModel(reader, record, ports.models);
  if (input.extends) assertSeconds(reader, model);
  const settings = readEditSettings(reader, model, task);
  const seed = reader.read("seed", (field) => parseInteger(field, { minimum: 0, maximum: MAX_SEED }));
  const { source, warnings } = await findSource({ record, upload: input.upload, model, task });
  const { width, height, fps } = model.clip;
  const added = task === "extend" ? model.clip.numFrames : 0;
  if (added > 0) assertLength(extendedLength(source, added), fps, { param: VIDEO });
  const request: EditRequest = {
    kind: "edit",
    model: model.clip.motion.folder,
    requestedModel,
    ...{ prompt, task, source, warnings, width, height, fps },
    seed: seed ?? ports.drawSeed(),
    interpolates: !model.clip.motion.direct,
    added,
    ...settings,
  };
  const sent = {
    ...reader.parsed,
    ...(task === null ? {} : { task }),
    source: id ?? input.upload?.sha256 ?? "",
  };
  return { request, fingerprint: requestFingerprint(sent, undefined) } as ValidEditRequest;
}

function fieldsOf(input: EditInput): readonly string[] {
  if (input.extends) return EXTENSION_FIELDS;
  return input.remixOf === undefined ? VIDEO_EDIT_FIELDS : REMIX_FIELDS;
}

/** Throws `invalid_prompt` where words are needed: without a task, or for a clip that goes on. */
function readPrompt(reader: FieldReader, task: NamedTask | null): string {
  const prompt = checkPrompt(reader.read("prompt", parseString) ?? "");
  if (prompt !== "" || (task !== null && task !== "extend")) return prompt;
  const reason =
    task === "extend"
      ? "Say in prompt what happens next."
      : `Say in prompt what should change, or name a change of time in task: ${TEMPORAL_TASKS.join(", ")}.`;
  throw new AppError("invalid_prompt", { reason }, { param: "prompt" });
}

/** A model adds as much as it makes at once. */
function assertSeconds(reader: FieldReader, { name, clip }: ClipMaker): void {
  reader.read("seconds", ({ value }) => {
    if (saysSeconds(value, clip)) return clip.seconds;
    const says = `seconds must be ${showValue(clip.seconds)}, which model ${name} adds at once`;
    throw invalid("seconds", `${says}; extend what comes of it for more; got ${showValue(value)}.`);
  });
}

function readTask(reader: FieldReader): NamedTask | null {
  const task = reader.read("task", parseString);
  if (task === undefined) return null;
  if (isNamedTask(task)) return task;
  throw invalid("task", `task must be one of ${NAMED_TASKS.join(", ")}; got ${showValue(task)}.`);
}

function readSourceId(reader: FieldReader, { remixOf, upload }: EditInput): string | undefined {
  if (remixOf !== undefined) return remixOf;
  const video = reader.raw(VIDEO);
  if (upload) {
    if (video === undefined) return undefined;
    throw invalid(VIDEO, "video was sent twice; send one file, or {id}.");
  }
  const { id, ...others } = (typeof video === "object" && video !== null ? video : {}) as Record<
    string,
    unknown
  >;
  if (typeof id === "string" && Object.keys(others).length === 0) return id;
  throw invalid(
    VIDEO,
    `video must be {"id": "video_..."} or an MP4 file of a form; got ${showValue(video)}.`,
  );
}

/** The model of an edit: that of its source, since the latents are its; for an upload, the one asked for. */
function chooseModel(reader: FieldReader, record: JobRecord | undefined, models: ModelCatalog) {
  const asked = reader.read("model", parseString);
  const made = record && clipOf(record);
  const requestedModel = asked ?? made?.requestedModel ?? models.defaultModel;
  const model = assertClipModel(models.resolve(requestedModel), models);
  if (made && made.folder !== model.clip.motion.folder) {
    throw invalid("model", `model must be ${made.model}, which made the clip; got ${showValue(asked)}.`);
  }
  return { model, requestedModel };
}

interface Sought {
  readonly record: JobRecord | undefined;
  readonly upload: UploadedClip | undefined;
  readonly model: ClipMaker;
  readonly task: NamedTask | null;
}

async function findSource({ record, upload, model, task }: Sought) {
  const { direct } = model.clip.motion;
  if (direct && (upload || task === "slow_motion" || task === "extend")) {
    const verb = task === "extend" ? "Extending clips" : "Slow motion";
    const capability = upload ? "Editing uploaded clips" : verb;
    const reason = `model ${model.name} makes every frame of a clip at once, and none between others.`;
    throw new AppError("capability_missing", { capability, reason });
  }
  if (upload) return upload.read(model, { whole: task === "extend" });
  if (!record) throw new Error("An edit has neither a video nor an upload. This is a bug.");
  const { source } = clipOf(record);
  if (source.latents["frames"]) return { source, warnings: [] };
  const reason = `Video ${record.id} was made before clips could be edited; make it again.`;
  throw new AppError("invalid_video", { reason }, { param: VIDEO });
}
