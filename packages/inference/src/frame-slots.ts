import { type Crossing, FRAME_SLOTS, type Frames, type PlacedTensor } from "./engine-child/protocol.ts";
import { createTensorExchange } from "./engine-child/tensor-exchange.ts";
import { openExchangeFile } from "./exchange-file.ts";

/** The frames of one streamed call, which stay in their slot until somebody wants them. */
export interface FrameLot {
  /** The next frame's bytes; undefined after the last one. The first call frees the slot. */
  next(): Promise<Uint8Array | undefined>;
  /** Frees the slot without a look at the frames. */
  discard(): void;
}

/**
 * The files in which a child finds the inputs of a streamed call and leaves its frames, and from which its host reads
 * them while the next ones are computed.
 */
export interface FrameSlots {
  /** For the child to inherit, by slot; undefined where there is no file. */
  readonly fds: readonly (number | undefined)[];
  /** Puts the inputs of a call into a free slot. */
  place<T extends Crossing>(
    slot: number,
    feeds: Readonly<Record<string, T>>,
  ): Promise<Record<string, T | PlacedTensor>>;
  /** What the child says it left in a slot; `onFree` is called once, when the slot may be used again. */
  lot(slot: number, frames: Frames | PlacedTensor, onFree: () => void): FrameLot;
  /** The child is gone, for `reason`: files are closed, those with frames as soon as these were read. */
  end(reason: Error): void;
}

/** Opens the files of one child. */
export function createFrameSlots(): FrameSlots {
  const files = Array.from({ length: FRAME_SLOTS }, () => openExchangeFile());
  const exchanges = files.map((file) => createTensorExchange(file?.fd));
  const full = new Set<number>();
  let endedFor: Error | undefined;
  const close = (slot: number, reason: Error): void => {
    exchanges[slot]?.close(reason);
    files[slot]?.close();
  };
  return {
    fds: files.map((file) => file?.fd),
    place: async (slot, feeds) => (await exchanges[slot]?.place(feeds)) ?? { ...feeds },
    lot(slot, frames, onFree) {
      full.add(slot);
      return createLot(
        async () => (await exchanges[slot]?.take({ frames }))?.["frames"] as Frames,
        () => {
          full.delete(slot);
          if (endedFor !== undefined) close(slot, endedFor);
          onFree();
        },
      );
    },
    end(reason) {
      endedFor = reason;
      for (const slot of files.keys()) if (!full.has(slot)) close(slot, reason);
    },
  };
}

function createLot(take: () => Promise<Frames>, free: () => void): FrameLot {
  let taken: Promise<Frames> | undefined;
  let index = 0;
  return {
    async next() {
      taken ??= take().finally(free);
      const { dims, data } = await taken;
      const [count = 1] = dims;
      if (index >= count) return undefined;
      const size = data.length / count;
      return data.subarray(index * size, ++index * size);
    },
    discard() {
      if (taken !== undefined) return;
      taken = Promise.resolve({ type: "uint8", dims: [0], data: new Uint8Array() });
      free();
    },
  };
}
