import type { Readable } from "node:stream";
import type { TensorOf } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import type { ModelServiceHost, ServedModel, StageClock } from "@kinora/model-service";
import { type LatentDecoder, openLatentDecoder } from "./latent-decoder.ts";

/**
 * Frames in one run of the decoder. Measured on two cores, a frame costs 15 ms in a run of one, 16 in a run of two,
 * 18 in one of five and 23 in one of eight, whose activations leave the caches; and ffmpeg has less to do at the end.
 */
const BATCH = 2;
/** Runs asked for before their bytes are read: two that are computed or being read, and one that waits for a place. */
const AHEAD = 3;

/** What decoding a clip starts from. */
export interface DecodingOptions {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  /** [T, C, h, w] */
  readonly latents: TensorOf<"float32">;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** A clip ready to be decoded. */
export interface FrameDecoding extends DecodingOptions {
  readonly decoder: LatentDecoder;
  /** Frames in all. */
  readonly total: number;
  /** Frames in one run. */
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

/** Loads the decoder and reads the size of its frames. */
export async function prepareDecoding(options: DecodingOptions): Promise<FrameDecoding> {
  const { model, latents } = options;
  const decoder = await openLatentDecoder(model, latents);
  const { width, height } = decoder;
  const total = latents.dims[0] ?? 0;
  return { ...options, decoder, total, batch: batchOf(model, decoder, total), width, height };
}

/**
 * A decoder with a sense of time gets the whole clip, as diffusers gives it by default; kinora.json may say
 * `decode_chunk_size`, diffusers' name for fewer frames in less memory.
 */
function batchOf({ folder, pipeline }: ServedModel, { isTemporal }: LatentDecoder, total: number): number {
  const { decode_chunk_size: chunk } = folder.card ?? {};
  if (Number.isSafeInteger(chunk) && (chunk as number) > 0) return chunk as number;
  if (isTemporal) return total;
  return pipeline.kind === "pocket" ? BATCH : 1;
}

/** Every frame as RGB bytes, in order, computed ahead of the reader. */
export async function* decodeFrames(decoding: FrameDecoding): AsyncGenerator<RawPicture> {
  const { total, batch, width, height } = decoding;
  const streams: Readable[] = [];
  let next = 0;
  let index = 0;
  try {
    while (index < total) {
      while (streams.length < AHEAD && next < total) {
        streams.push(startBatch(decoding, next));
        next += batch;
      }
      const stream = streams[0];
      if (!stream) throw new Error("No decoder run is under way. This is a bug.");
      const frames = cutFrames(stream, width * height * 3);
      for (;;) {
        const { value: data, done } = await frames.next();
        if (done) break;
        yield { data, width, height };
        index += 1;
      }
      streams.shift();
    }
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

function startBatch(
  { host, decoder, latents, total, batch, clock, signal }: FrameDecoding,
  start: number,
): Readable {
  const count = Math.min(batch, total - start);
  const frameSize = latents.data.length / total;
  const feeds = decoder.feeds({
    type: "float32",
    dims: [count, ...latents.dims.slice(1)],
    data: latents.data.subarray(start * frameSize, (start + count) * frameSize),
  });
  const { session, output, layout } = decoder;
  return host.engine.stream(session, feeds, { output, layout, signal, onComputed: clock.onComputed });
}

/** Cuts a byte stream into frames of one size, without a copy where a chunk holds a whole one; a short last one is an error. */
export async function* cutFrames(
  stream: AsyncIterable<Uint8Array>,
  frameBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  let frame: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of stream) {
    for (let offset = 0; offset < chunk.length; ) {
      const taken = Math.min(chunk.length - offset, frameBytes - filled);
      const part = chunk.subarray(offset, offset + taken);
      offset += taken;
      if (taken === frameBytes) {
        yield part;
        continue;
      }
      frame ??= new Uint8Array(frameBytes);
      frame.set(part, filled);
      filled += taken;
      if (filled < frameBytes) continue;
      yield frame;
      frame = undefined;
      filled = 0;
    }
  }
  if (filled > 0)
    throw new Error(`The decoder's stream ended inside a frame, after ${filled} bytes. This is a bug.`);
  return undefined;
}
