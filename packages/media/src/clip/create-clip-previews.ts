import { createSpritesheet, spritesheetFrames } from "../picture/encode-spritesheet.ts";
import { encodeThumbnail } from "../picture/encode-thumbnail.ts";
import type { RawPicture } from "../picture/raw-picture.ts";

/** The small pictures that stand for a clip. */
export interface ClipPreviews {
  /** WebP of the first frame. */
  readonly thumbnail: Uint8Array;
  /** JPEG of 16 frames in a square. */
  readonly spritesheet: Uint8Array;
}

/** Makes a clip's previews while its frames pass by, so that little is left to do after the last one. */
export interface ClipPreviewMaker {
  /** Looks at the next frame; its bytes must not change until `finish` has resolved. */
  add(frame: RawPicture): void;
  /** The previews. Throws a bug unless every frame was added, and what making them threw. */
  finish(): Promise<ClipPreviews>;
}

/** Starts the previews of a clip of `frameCount` frames. */
export function createClipPreviews(frameCount: number): ClipPreviewMaker {
  const shown = spritesheetFrames(frameCount);
  const sheet = createSpritesheet();
  let thumbnail: Promise<Uint8Array> | undefined;
  let count = 0;
  return {
    add(frame) {
      if (count === 0) {
        thumbnail = encodeThumbnail(frame);
        // Its failure is told by `finish`, which may come much later.
        thumbnail.catch(() => {});
      }
      // A clip of fewer than 16 frames shows some of them twice.
      for (const index of shown) if (index === count) sheet.add(frame);
      count += 1;
    },
    async finish() {
      if (thumbnail === undefined || count !== frameCount) {
        throw new Error(`Previews of ${frameCount} frames saw ${count}. This is a bug.`);
      }
      return { thumbnail: await thumbnail, spritesheet: await sheet.encode() };
    },
  };
}
