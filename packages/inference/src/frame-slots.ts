import { FRAME_SLOTS, type Frames, type PlacedTensor } from "./engine-child/protocol.ts";
import { createTensorExchange } from "./engine-child/tensor-exchange.ts";
import { openExchangeFile } from "./exchange-file.ts";

/** The frames of one streamed call, which stay in their slot until somebody wants them. */
export interface FrameLot {
  /** The next frame's bytes; undefined after the last one. The first call frees the slot. */
  next(): Promise<Uint8Array | undefined>;
  /** Frees the slot without a look at the frames. */
  discard(): void;
}

/** The files in which a child leaves frames, and from which its host reads them while the next ones are computed. */
export interface FrameSlots {
  /** For the child to inherit, by slot; undefined where there is no file. */
  readonly fds: readonly (number | undefined)[];
  /** What the child says it left in a slot; `onFree` is called once, when the slot may be used again. */
  lot(slot: number, frames: Frames | PlacedTensor, onFree: () => void): FrameLot;
  /** The child is gone: files are closed, those with frames as soon as these were read. */
  end(): void;
}

/** Opens the files of one child. */
export function createFrameSlots(): FrameSlots {
  const files = Array.from({ length: FRAME_SLOTS }, () => openExchangeFile());
  const full = new Set<number>();
  let isEnded = false;
  return {
    fds: files.map((file) => file?.fd),
    lot(slot, frames, onFree) {
      full.add(slot);
      const exchange = createTensorExchange(files[slot]?.fd);
      return createLot(
        async () => (await exchange.take({ frames }))["frames"] as Frames,
        () => {
          full.delete(slot);
          if (isEnded) files[slot]?.close();
          onFree();
        },
      );
    },
    end() {
      isEnded = true;
      for (const [slot, file] of files.entries()) if (!full.has(slot)) file?.close();
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
