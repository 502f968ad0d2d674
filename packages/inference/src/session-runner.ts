import { AppError } from "@kinora/errors";
import { throwIfAborted } from "@kinora/runtime";
import { isHandle } from "./check-feeds.ts";
import type { ComputeLock } from "./compute-lock.ts";
import type { EngineSession, Feeds, OnComputed } from "./engine.ts";
import type {
  EngineCalls,
  LoadOptions,
  RunReply,
  RunRequest,
  StreamReply,
  StreamRequest,
} from "./engine-child/protocol.ts";
import { crashed, EngineDied, EngineRefused } from "./engine-failure.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { EngineSupervisor } from "./engine-supervisor.ts";
import { type Deadlines, graphDeadlines } from "./graph-deadlines.ts";
import { createSessionMemory, type SessionMemory } from "./session-memory.ts";
import type { Tensor } from "./tensor/tensor.ts";

/** For calls that compute nothing. */
const SHORT_CALL_MS = 30_000;
const SLOWEST_FACTOR = 20;

/** What is known of a session, so that a new child can load it again. */
export interface SessionRecord {
  readonly id: number;
  readonly graphPath: string;
  readonly options: LoadOptions;
  /** Time for a run by the size of the graph, known when it is loaded. */
  runMs: number;
  slowestMs: number;
}

/**
 * Makes the calls on a child, each with its deadline, under the machine's lock. One at a time, but that the next one
 * may be made once the child was asked to `stream`: it answers in the order of the calls.
 */
export interface SessionRunner {
  load(record: SessionRecord): Promise<EngineSession>;
  /** A run, on a child that has the session and the handles. */
  run(record: SessionRecord, call: ComputeCall<RunRequest>): Promise<Computed<RunReply>>;
  /** Likewise, its output staying in a slot for frames. */
  stream(record: SessionRecord, call: StreamCall): Promise<Computed<StreamReply>>;
  put(handle: number, tensor: Tensor): Promise<void>;
  /** Remembers that a handle lies in this child. */
  keep(handle: number, process: EngineProcess): void;
  /** Frees what the child holds, if it still lives. */
  release(request: EngineCalls["release"]["request"]): Promise<void>;
}

/** One computation. */
interface ComputeCall<R> {
  readonly request: R;
  readonly feeds: Feeds;
  readonly signal: AbortSignal | undefined;
  readonly onComputed: OnComputed | undefined;
}

/** A computation whose output stays in a slot. */
interface StreamCall extends ComputeCall<StreamRequest> {
  /** Called when the child has been asked: its inputs wait in the slot, out of the way of other calls. */
  readonly onAsked: () => void;
}

/** A reply, and the child that gave it. */
interface Computed<R> {
  readonly process: EngineProcess;
  readonly reply: R;
}

/** What a runner works with. */
export interface RunnerOptions {
  readonly supervisor: EngineSupervisor;
  readonly lock: ComputeLock | undefined;
  readonly deadlines: Deadlines;
  /** How many bytes of graphs a child keeps; undefined: all. */
  readonly memoryBytes?: number | undefined;
}

/** Creates a runner over a supervisor's children. */
export function createSessionRunner(options: RunnerOptions): SessionRunner {
  const { supervisor, lock, deadlines } = options;
  const loading = { memory: createSessionMemory(options.memoryBytes), deadlines };
  const homes: HandleHomes = new Map();
  const shortMs = deadlines.runMs ?? SHORT_CALL_MS;
  const compute = createCompute({ supervisor, lock, loading, homes });

  return {
    async load(record) {
      const unlock = await lock?.acquire();
      try {
        const { process } = await supervisor.open();
        const { inputs, outputs } = await loadInto(process, record, loading);
        return { id: record.id, graphPath: record.graphPath, inputs, outputs };
      } finally {
        unlock?.();
      }
    },
    run: (record, call) =>
      compute(record, call, async (process) => {
        const request = { ...call.request, feeds: await process.exchange.place(call.request.feeds) };
        const reply = await timedCall("run", record, { process, request });
        return { ...reply, outputs: await process.exchange.take(reply.outputs) };
      }),
    stream: (record, call) =>
      compute(record, call, async (process) => {
        const feeds = await process.frames.place(call.request.slot, call.request.feeds);
        const reply = timedCall("stream", record, { process, request: { ...call.request, feeds } });
        call.onAsked();
        return reply;
      }),
    async put(handle, tensor) {
      const { process } = await supervisor.open();
      await putInto(process, { handle, tensor }, shortMs);
      homes.set(handle, process);
    },
    keep: (handle, process) => void homes.set(handle, process),
    async release(request) {
      for (const handle of request.handles ?? []) homes.delete(handle);
      const process = supervisor.running();
      if (request.session !== undefined) process?.loaded.delete(request.session);
      await process?.call("release", request, shortMs).catch((error: unknown) => {
        // With the child everything is freed.
        if (!(error instanceof EngineDied)) throw error;
      });
    },
  };
}

interface ComputeOptions extends Pick<RunnerOptions, "supervisor" | "lock"> {
  readonly loading: Loading;
  readonly homes: HandleHomes;
}

/** What does `work` under the lock, on a child that has what it needs. */
function createCompute({ supervisor, lock, loading, homes }: ComputeOptions) {
  return async <Q, R extends { computedMs: number }>(
    record: SessionRecord,
    { feeds, signal, onComputed }: ComputeCall<Q>,
    work: (process: EngineProcess) => Promise<R>,
  ): Promise<Computed<R>> => {
    const unlock = await lock?.acquire(signal);
    try {
      throwIfAborted(signal);
      const { process } = await supervisor.open();
      assertHandles(process, feeds, homes);
      if (!process.loaded.has(record.id)) await loadInto(process, record, loading);
      loading.memory.touch(record.id);
      const reply = await work(process).catch((error: unknown) => {
        throw runFault(`a run of ${record.graphPath}`, error);
      });
      onComputed?.(reply.computedMs);
      return { process, reply };
    } finally {
      unlock?.();
    }
  };
}

async function putInto(
  process: EngineProcess,
  { handle, tensor }: { handle: number; tensor: Tensor },
  deadlineMs: number,
): Promise<void> {
  try {
    const placed = await process.exchange.place({ tensor });
    await process.call("put", { handle, tensor: placed["tensor"] ?? tensor }, deadlineMs);
  } catch (error) {
    throw runFault("put", error);
  }
}

/** The child in which each handle lies. */
type HandleHomes = Map<number, EngineProcess>;

interface Loading {
  readonly memory: SessionMemory;
  readonly deadlines: Deadlines;
}

/** Calls are made one after another, so that no session is in use while others are loaded and released. */
async function loadInto(
  process: EngineProcess,
  record: SessionRecord,
  { memory, deadlines }: Loading,
): Promise<EngineCalls["load"]["reply"]> {
  const { id, graphPath: path, options } = record;
  const orFault = (error: unknown): never => {
    throw loadFault(path, error);
  };
  for (const session of await memory.makeRoom(id, path, process.loaded)) {
    process.loaded.delete(session);
    await process.call("release", { session }, SHORT_CALL_MS).catch(orFault);
  }
  memory.touch(id);
  const { loadMs, runMs } = await graphDeadlines(path, deadlines);
  const request = { session: id, path, options };
  const reply = await process.call("load", request, loadMs).catch(orFault);
  record.runMs = runMs;
  process.loaded.add(id);
  return reply;
}

function assertHandles(process: EngineProcess, feeds: Feeds, homes: HandleHomes): void {
  for (const [name, feed] of Object.entries(feeds)) {
    if (!isHandle(feed) || homes.get(feed.handle) === process) continue;
    const reason = "the kept tensor was lost with it, or released";
    throw new AppError("engine_crashed", { operation: `input ${name}`, reason });
  }
}

interface TimedCall<K extends "run" | "stream"> {
  readonly process: EngineProcess;
  readonly request: EngineCalls[K]["request"];
}

/** A call whose time counts for the session's next deadline. */
async function timedCall<K extends "run" | "stream">(
  kind: K,
  record: SessionRecord,
  { process, request }: TimedCall<K>,
): Promise<EngineCalls[K]["reply"]> {
  const deadlineMs = Math.max(record.runMs, SLOWEST_FACTOR * record.slowestMs);
  const startMs = performance.now();
  const reply = await process.call(kind, request, deadlineMs);
  record.slowestMs = Math.max(record.slowestMs, performance.now() - startMs);
  return reply;
}

function loadFault(graphPath: string, error: unknown): unknown {
  if (error instanceof EngineDied) return crashed(`the loading of ${graphPath}`, error);
  if (!(error instanceof EngineRefused)) return error;
  return new AppError("model_invalid", {
    model: graphPath,
    reason: `ONNX Runtime refuses it: ${error.message}`,
  });
}

function runFault(operation: string, error: unknown): unknown {
  if (error instanceof EngineDied) return crashed(operation, error);
  return error instanceof EngineRefused
    ? new Error(`${operation} failed: ${error.message}`, { cause: error })
    : error;
}
