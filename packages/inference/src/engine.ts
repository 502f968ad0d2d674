import type { Readable } from "node:stream";
import type {
  LoadOptions,
  PortMetadata,
  Provider,
  StreamLayout,
  TensorShape,
} from "./engine-child/protocol.ts";
import type { Tensor } from "./tensor/tensor.ts";

/** A graph that an engine can run. It outlives crashes: a new child loads it again when it is next used. */
export interface EngineSession {
  readonly id: number;
  readonly graphPath: string;
  readonly inputs: readonly PortMetadata[];
  readonly outputs: readonly PortMetadata[];
}

/** A tensor that lies in the engine's child; lost when the child dies. */
export interface TensorHandle extends TensorShape {
  readonly handle: number;
}

/** Inputs of a run by name. float32 and int64 tensors are converted to what the graph declares. */
export type Feeds = Readonly<Record<string, Tensor | TensorHandle>>;

/** Told how many ms a run spent inside ONNX Runtime, transport not counted. */
export type OnComputed = (computedMs: number) => void;

/** How a graph is run. */
export interface RunOptions {
  /** Outputs to bring back by value; all those that are not kept, unless told. */
  readonly fetches?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onComputed?: OnComputed | undefined;
}

/** How a graph is run when outputs stay in the child. */
export interface KeepOptions<K extends string> extends RunOptions {
  /** Outputs that stay in the child. */
  readonly keep: readonly K[];
}

/** Outputs by name. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** Outputs of a run by name, and handles of the kept ones. */
export interface KeepResult<K extends string> {
  readonly outputs: Outputs;
  readonly kept: Readonly<Record<K, TensorHandle>>;
}

/** How an output is streamed. */
export interface StreamOptions {
  readonly output: string;
  /** "uint8" (the default): the output's bytes as they are; "nchw-float": float32 pictures in [-1, 1], NHWC bytes. */
  readonly layout?: StreamLayout;
  readonly signal?: AbortSignal | undefined;
  readonly onComputed?: OnComputed | undefined;
}

/** What computes, as part of every result's provenance. */
export interface EngineInfo {
  readonly provider: Provider;
  /** For example "onnxruntime-1.30.0". */
  readonly runtime: string;
}

/**
 * ONNX Runtime in a process of its own, so that its blocking runs block nobody. Calls are made one after another.
 * Every call has a deadline; past it, or when the child dies, what it was asked for fails with `engine_crashed`
 * (retryable), later calls get a new child, and sessions are loaded again by themselves.
 */
export interface Engine {
  /** Loads a graph. Throws `model_invalid` if ONNX Runtime refuses it, `device_unavailable` for a missing device. */
  load(graphPath: string, options?: LoadOptions): Promise<EngineSession>;
  /** Moves a tensor to the child, for inputs that many runs share. */
  put(tensor: Tensor): Promise<TensorHandle>;
  /** Runs a graph. An abort removes a waiting call, and ends a running one at once by dropping its result. */
  run(session: EngineSession, feeds: Feeds, options?: RunOptions): Promise<Outputs>;
  /** Like `run`, but the outputs in `keep` stay in the child. */
  runKeeping<K extends string>(
    session: EngineSession,
    feeds: Feeds,
    options: KeepOptions<K>,
  ): Promise<KeepResult<K>>;
  /**
   * Runs a graph and gives one output as raw bytes. Streams come in the order of their calls, so they must be read
   * (or destroyed) in that order. At most two are computed before they are read; further ones wait, and do not
   * hold up other calls. What was computed can be read even if the child died since. Chunks are whole pictures.
   */
  stream(session: EngineSession, feeds: Feeds, options: StreamOptions): Readable;
  /** Frees a session or a kept tensor. */
  release(what: EngineSession | TensorHandle): Promise<void>;
  /** What computes; starts the child. Throws `device_unavailable` with what is missing. */
  info(): Promise<EngineInfo>;
  /** How often a child died without being told to. */
  readonly crashes: number;
  /** Process id of the child, while there is one. */
  readonly childPid: number | undefined;
  /** Ends the child; calls that wait fail with `draining`. */
  close(): Promise<void>;
}
