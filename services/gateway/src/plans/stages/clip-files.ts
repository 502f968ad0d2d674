import { readArtifact, writeArtifact } from "@kinora/storage";
import type { ArtifactRef } from "../../job-result.ts";
import { type ClipLatents, formatClipLatents, parseClipLatents } from "../clip-latents.ts";
import { fileOf, type StageContext, type StageFiles } from "../stage.ts";

/** Frames' latents in a stage's files. */
export interface ClipFiles {
  /** Of the stage's inputs, or of these files. Throws `tensor_file_invalid` for any other content. */
  read(name: string, files?: StageFiles): Promise<ClipLatents>;
  /** As NAME.safetensors under the stage's output prefix. */
  write(name: string, clip: ClipLatents): Promise<ArtifactRef>;
}

/** The latents that a stage of the gateway's own reads and writes. */
export function clipFilesOf({ store, target, inputs, signal }: StageContext): ClipFiles {
  return {
    async read(name, files = inputs) {
      return parseClipLatents(await readArtifact(store, fileOf(files, name), { signal }));
    },
    write(name, clip) {
      const key = `${target.outputPrefix}${name}.safetensors`;
      return writeArtifact(store, key, formatClipLatents(clip), {
        mediaType: "application/vnd.safetensors",
        signal,
      });
    },
  };
}
