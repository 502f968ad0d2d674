import { AppError } from "@kinora/errors";
import { float32Tensor, type TensorOf } from "@kinora/inference";
import { keepUnchanged, type RawPicture, type Thresholding } from "@kinora/media";
import type { ArtifactIo, ServedModel } from "@kinora/model-service";

type Floats = TensorOf<"float32">;

/** Pictures, or a clip's frames, with what each was before its edits. */
export interface EditHistory {
  /** Pictures. */
  readonly total: number;
  /** [total, C, h, w]; after edits [total * states, C, h, w], the states of a picture one after another, oldest first. */
  readonly latents: Floats;
  /** What the edits were; undefined: there were none. */
  readonly edits?: {
    /** States of each picture: one more than it had edits. */
    readonly states: number;
    /** How the model's editor tells what an edit changed. */
    readonly thresholding: Thresholding;
  };
}

/** Whose files to read, and until when. */
export interface ReadHistoryOptions {
  readonly model: ServedModel;
  readonly signal: AbortSignal;
}

/** Reads a file of `latents` and, after edits, `before` (proto/kinora/encoder/v1). */
export async function readEditHistory(
  artifacts: ArtifactIo,
  artifact: Parameters<ArtifactIo["readTensor"]>[0],
  { model, signal }: ReadHistoryOptions,
): Promise<EditHistory> {
  const names = { required: ["latents"], optional: ["before"] } as const;
  const { latents, before } = await artifacts.readTensors(artifact, names, { field: "latents", signal });
  const total = latents.dims[0] ?? 0;
  if (before === undefined) return { total, latents };
  const [edits = 0, ...dims] = before.dims;
  if (dims.join() !== latents.dims.join()) {
    const reason = `before [${before.dims.join(", ")}] does not fit latents [${latents.dims.join(", ")}].`;
    throw new AppError("invalid_request", { reason });
  }
  const thresholding = thresholdingOf(model);
  return { total, latents: weave(before, latents), edits: { states: edits + 1, thresholding } };
}

/** Picture by picture, all states before [L, N, C, h, w] and the last one [N, C, h, w]. */
function weave(before: Floats, last: Floats): Floats {
  const [edits = 0, total = 0, ...size] = before.dims;
  const states = edits + 1;
  const length = last.data.length / total;
  const data = new Float32Array(before.data.length + last.data.length);
  for (let state = 0; state < states; state++) {
    const from = state < edits ? before.data.subarray(state * total * length) : last.data;
    for (let picture = 0; picture < total; picture++) {
      const latents = from.subarray(picture * length, (picture + 1) * length);
      data.set(latents, (picture * states + state) * length);
    }
  }
  return float32Tensor(data, [states * total, ...size]);
}

/**
 * The pictures of an EditHistory whose `latents` were decoded: what each edit hardly changed keeps the bytes from
 * before it, of `source` (a picture's own pixels) or of the oldest state.
 */
export async function* keepSources(
  decoded: AsyncIterable<RawPicture>,
  { edits }: Pick<EditHistory, "edits">,
  source?: RawPicture,
): AsyncGenerator<RawPicture> {
  if (edits === undefined) {
    yield* decoded;
    return;
  }
  const { states, thresholding } = edits;
  let before: { readonly kept: RawPicture; readonly seen: RawPicture } | undefined;
  let state = 0;
  for await (const seen of decoded) {
    const kept = before
      ? keepUnchanged({ source: before.kept, edited: seen, seen: before.seen }, thresholding)
      : (source ?? seen);
    state = (state + 1) % states;
    before = state === 0 ? undefined : { kept, seen };
    if (state === 0) yield kept;
  }
}

function thresholdingOf({ folder, pipeline, config }: ServedModel): Thresholding {
  const about = pipeline.graphs.includes("editor") ? config("editor")["thresholding"] : undefined;
  const { alpha, low_pass: lowPass } = (about ?? {}) as { alpha?: unknown; low_pass?: unknown };
  if (typeof alpha === "number" && typeof lowPass === "number" && lowPass % 2 === 1) {
    return { alpha, lowPass };
  }
  const reason = "editor/config.json must have thresholding: alpha, a number, and low_pass, an odd number.";
  throw new AppError("model_invalid", { model: folder.name, reason });
}
