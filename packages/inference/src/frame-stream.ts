import { Readable } from "node:stream";
import type { FrameLot } from "./frame-slots.ts";

/** The stream of one call: empty until its frames are computed, then a chunk for each of them. */
export class FrameStream extends Readable {
  #lot: FrameLot | undefined;
  #isWanted = false;

  /** Gives the stream its frames; of one that was destroyed they are thrown away. */
  deliver(lot: FrameLot): void {
    this.#lot = lot;
    if (this.destroyed) lot.discard();
    // Not at once: the next run is asked for first, so that the child computes while the frames are copied.
    else setImmediate(() => this.#advance());
  }

  override _read(): void {
    this.#isWanted = true;
    this.#advance();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#lot?.discard();
    done(error);
  }

  /** One frame for each time that the reader asked. */
  #advance(): void {
    if (this.#lot === undefined || !this.#isWanted || this.destroyed) return;
    this.#isWanted = false;
    this.#lot.next().then(
      (frame) => this.destroyed || this.push(frame ?? null),
      (error: unknown) => this.destroy(error as Error),
    );
  }
}
