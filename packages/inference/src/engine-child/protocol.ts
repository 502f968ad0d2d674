import type { ElementType, Tensor, TensorOf } from "../tensor/tensor.ts";

/** What computes. */
export type Provider = "cpu" | "cuda" | "webgpu";
/** What is asked for: a provider, or the best one that works. */
export type Device = Provider | "auto";

/** An input or output as a graph declares it; a dimension is a size or a name. */
export interface PortMetadata {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** How a graph is loaded. */
export interface LoadOptions {
  /** How far ONNX Runtime rewrites the graph ("all"). */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /** False maps external weights read-only, so that engines of one machine share them (true). */
  readonly prepacking?: boolean;
}

/** A tensor by value, or one that lies in the child. */
export type Feed = Tensor | KeptTensor;

/** A tensor that lies in the child. */
interface KeptTensor {
  readonly handle: number;
}

/** A tensor whose bytes lie in the exchange file from `offset`. */
export interface PlacedTensor extends TensorShape {
  readonly offset: number;
}

/** A tensor in any of the forms in which one crosses the channel. */
export type Crossing = Feed | PlacedTensor;

/** Type and shape of a tensor that stays in the child. */
export interface TensorShape {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** How a streamed output is turned into bytes: as it is (uint8), or from float32 NCHW pictures in [-1, 1]. */
export type StreamLayout = "uint8" | "nchw-float";

/** The threads of an engine's runs. */
export interface EngineThreads {
  readonly count: number;
  /** For how long one that waits looks for work before it sleeps, in microseconds; 0: it sleeps at once. */
  readonly spinUs: number;
}

/** Every call of the engine's host to its child, with its reply. */
export interface EngineCalls {
  readonly open: {
    readonly request: { readonly device: Device; readonly threads: EngineThreads };
    readonly reply: { readonly provider: Provider; readonly version: string; readonly fallback?: string };
  };
  readonly load: {
    readonly request: { readonly session: number; readonly path: string; readonly options: LoadOptions };
    readonly reply: { readonly inputs: readonly PortMetadata[]; readonly outputs: readonly PortMetadata[] };
  };
  readonly put: {
    readonly request: { readonly handle: number; readonly tensor: Tensor | PlacedTensor };
    readonly reply: null;
  };
  readonly run: {
    readonly request: RunRequest<Crossing>;
    readonly reply: RunReply<Tensor | PlacedTensor>;
  };
  readonly stream: {
    readonly request: StreamRequest<Crossing>;
    readonly reply: StreamReply;
  };
  readonly release: {
    readonly request: { readonly session?: number; readonly handles?: readonly number[] };
    readonly reply: null;
  };
}

/** Runs a session: `fetches` come back, `keep` stay under the given handles. */
export interface RunRequest<F = Feed> {
  readonly session: number;
  readonly feeds: Readonly<Record<string, F>>;
  readonly fetches: readonly string[];
  readonly keep: Readonly<Record<string, number>>;
}

/** What a run gave. */
export interface RunReply<T = Tensor> {
  /** Time inside ONNX Runtime. */
  readonly computedMs: number;
  readonly outputs: Readonly<Record<string, T>>;
  readonly kept: Readonly<Record<string, TensorShape>>;
}

/** Runs a session and leaves one output in a slot, as pictures. */
export interface StreamRequest<F = Feed> {
  readonly session: number;
  readonly feeds: Readonly<Record<string, F>>;
  readonly output: string;
  readonly layout: StreamLayout;
  /** Where the frames are left. */
  readonly slot: number;
}

/** What a streamed run gave. */
export interface StreamReply {
  /** Time inside ONNX Runtime. */
  readonly computedMs: number;
  /** In the request's slot, or by value where that has no room. */
  readonly frames: Frames | PlacedTensor;
}

/** Name of a call. */
export type CallKind = keyof EngineCalls;

/** A call as it crosses the channel. */
export type CallMessage = {
  [K in CallKind]: { readonly id: number; readonly kind: K; readonly request: EngineCalls[K]["request"] };
}[CallKind];

/** The answer to the call with this id. */
export type ReplyMessage =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly error: string };

/** File descriptor in the child of the pipe whose end is the parent's end. */
export const LIFELINE_FD = 4;
/** File descriptor of the exchange file in the child; no regular file where there is none. */
export const EXCHANGE_FD = 5;
/** How many lots of frames can be computed before they are read: one that is being read and one that is next. */
export const FRAME_SLOTS = 2;
/** File descriptor in the child of the first slot's file, the other one following; likewise. */
export const FRAME_SLOT_FD = 6;

/** Pictures as bytes, [N, H, W, C]. */
export type Frames = TensorOf<"uint8">;
