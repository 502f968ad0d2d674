import { AppError } from "@kinora/errors";
import { type ArtifactRef, readArtifact, writeArtifact } from "@kinora/storage";
import { type ClipLatents, formatClipLatents, joinClips, parseClipLatents } from "../clip-latents.ts";
import {
  fileOf,
  type Stage,
  type StageContext,
  type StageModel,
  toArtifact,
  toArtifactRef,
} from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** PNGs of a clip's key frames, frame0 to the last, to their latents in one file. */
export function encodeKeyFrames(model: StageModel, count: number): Stage {
  const names = Array.from({ length: count }, (_, index) => keyFrameName(index));
  return {
    name: "encode_key_frames",
    service: "encoder",
    model,
    inputs: names,
    outputs: ["keyFrames"],
    weight: 5,
    timeoutMs: TIMEOUT_MS * count,
    parameters: {},
    async *run(context) {
      // A frame that is held is encoded once.
      const known = new Map<string, ClipLatents>();
      const clips: ClipLatents[] = [];
      for (const [index, name] of names.entries()) {
        const { sha256 } = fileOf(context.inputs, name);
        const clip = known.get(sha256) ?? (await encodeOne(context, name));
        known.set(sha256, clip);
        clips.push(clip);
        yield { kind: "progress", completed: index + 1, total: count };
      }
      const key = `${context.target.outputPrefix}key-frames.safetensors`;
      const keyFrames = await writeArtifact(context.store, key, formatClipLatents(joinClips(clips)), {
        mediaType: "application/vnd.safetensors",
        signal: context.signal,
      });
      yield { kind: "done", outcome: { files: { keyFrames }, warnings: [], modelSeconds: 0 } };
    },
  };
}

/** What key frame `index` of an uploaded clip is called among a plan's files. */
export function keyFrameName(index: number): string {
  return `frame${index}`;
}

async function encodeOne({ clients, store, target, inputs, signal }: StageContext, name: string) {
  const outputPrefix = `${target.outputPrefix}${name}/`;
  const request = { target: { ...target, outputPrefix }, image: toArtifact(inputs, name) };
  let latents: ArtifactRef | undefined;
  for await (const { event } of clients.encoder.encodeImage(request, { signal, timeoutMs: TIMEOUT_MS })) {
    if (event.case === "result") latents = toArtifactRef(event.value.latents);
  }
  if (!latents)
    throw new AppError("unavailable", { what: "encoder", reason: "its stream ended without a result" });
  return parseClipLatents(await readArtifact(store, latents, { signal }));
}
