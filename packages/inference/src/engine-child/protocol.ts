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
export type Feed = Tensor | { readonly handle: number };

/** Type and shape of a tensor that stays in the child. */
export interface TensorShape {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** How a streamed output is turned into bytes: as it is (uint8), or from float32 NCHW pictures in [-1, 1]. */
export type StreamLayout = "uint8" | "nchw-float";

/** Every call of the engine's host to its child, with its reply. */
export interface EngineCalls {
  readonly open: {
    readonly request: { readonly device: Device; readonly threads: number };
    readonly reply: { readonly provider: Provider; readonly version: string; readonly fallback?: string };
  };
  readonly load: {
    readonly request: { readonly session: number; readonly path: string; readonly options: LoadOptions };
    readonly reply: { readonly inputs: readonly PortMetadata[]; readonly outputs: readonly PortMetadata[] };
  };
  readonly put: {
    readonly request: { readonly handle: number; readonly tensor: Tensor };
    readonly reply: null;
  };
  readonly run: {
    readonly request: RunRequest;
    readonly reply: RunReply;
  };
  readonly stream: {
    readonly request: StreamRequest;
    readonly reply: { readonly bytes: number; readonly computedMs: number };
  };
  readonly release: {
    readonly request: { readonly session?: number; readonly handles?: readonly number[] };
    readonly reply: null;
  };
}

/** Runs a session: `fetches` come back by value, `keep` stay under the given handles. */
export interface RunRequest {
  readonly session: number;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly fetches: readonly string[];
  readonly keep: Readonly<Record<string, number>>;
}

/** What a run gave. */
export interface RunReply {
  /** Time inside ONNX Runtime. */
  readonly computedMs: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly kept: Readonly<Record<string, TensorShape>>;
}

/** Runs a session and writes one output to the frame pipe. */
interface StreamRequest {
  readonly session: number;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly output: string;
  readonly layout: StreamLayout;
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

/** File descriptor of the frame pipe in the child. */
export const FRAME_PIPE_FD = 4;

/** Frames on their way to the pipe. */
export type Frames = TensorOf<"uint8">;
