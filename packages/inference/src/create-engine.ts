import { availableParallelism } from "node:os";
import type { Logger } from "@kinora/runtime";
import { checkFeeds, checkOutputs } from "./check-feeds.ts";
import { createComputeLock } from "./compute-lock.ts";
import type { Engine, EngineSession, Feeds, KeepOptions, KeepResult } from "./engine.ts";
import type { Device } from "./engine-child/protocol.ts";
import { createEngineSupervisor } from "./engine-supervisor.ts";
import type { Deadlines } from "./graph-deadlines.ts";
import { createSerialQueue, type HandOver, type SerialQueue } from "./serial-queue.ts";
import { createSessionRunner, type SessionRecord, type SessionRunner } from "./session-runner.ts";
import { createFramePlaces, startStreamCall } from "./stream-call.ts";
import { assertTensor } from "./tensor/tensor.ts";

/** What an engine is made of. */
export interface EngineOptions {
  readonly device: Device;
  /** Threads of a run; 0, the default, takes all cores that this process may use. */
  readonly threads?: number;
  /** For how long a thread that waits within a run looks for work before it sleeps, in microseconds; 0 unless given. */
  readonly spinUs?: number;
  readonly logger: Logger;
  /** Environment of the child; give it the process's own where a GPU's libraries are found through it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A file shared by the engines of one machine: only one of them computes at a time. */
  readonly lockPath?: string | undefined;
  readonly deadlines?: Deadlines;
  /**
   * How many bytes of graphs and weights stay loaded; undefined, the default: all. Past it the sessions that were not
   * used longest are released, never one in use, and loaded again by their next run.
   */
  readonly memoryBytes?: number | undefined;
}

/** Creates an engine. Its child is started by the first call. */
export function createEngine(options: EngineOptions): Engine {
  const { device, threads = 0, spinUs = 0, logger, env = {}, lockPath, deadlines = {} } = options;
  const supervisor = createEngineSupervisor({
    device,
    threads: { count: threads || availableParallelism(), spinUs },
    env,
    logger,
  });
  const lock = lockPath === undefined ? undefined : createComputeLock(lockPath);
  const runner = createSessionRunner({ supervisor, lock, deadlines, memoryBytes: options.memoryBytes });
  const queue = createSerialQueue();
  const calls = createCalls({ runner, queue });
  return {
    ...calls,
    async info() {
      return (await supervisor.open()).info;
    },
    get crashes() {
      return supervisor.crashes;
    },
    get childPid() {
      return supervisor.running()?.pid;
    },
    async close() {
      queue.close();
      await supervisor.close();
      lock?.close();
    },
  };
}

interface CallOptions {
  readonly runner: SessionRunner;
  readonly queue: SerialQueue;
}

type Calls = Pick<Engine, "load" | "put" | "run" | "runKeeping" | "stream" | "release">;

function createCalls({ runner, queue }: CallOptions): Calls {
  const records = new Map<number, SessionRecord>();
  const places = createFramePlaces();
  let lastId = 0;
  const nextId = (): number => ++lastId;
  const recordOf = (session: EngineSession): SessionRecord => {
    const record = records.get(session.id);
    if (record === undefined) throw new Error(`${session.graphPath} was released. This is a bug.`);
    return record;
  };
  const runKeeping = createRun({ runner, queue, recordOf, nextId });
  return {
    runKeeping,
    run: async (session, feeds, options = {}) =>
      (await runKeeping(session, feeds, { ...options, keep: [] })).outputs,
    load(graphPath, options = {}) {
      const record: SessionRecord = { id: nextId(), graphPath, options, runMs: 0, slowestMs: 0 };
      return queue.run(async () => {
        const session = await runner.load(record);
        records.set(record.id, record);
        return session;
      });
    },
    async put(tensor) {
      const handle = nextId();
      const { type, dims } = assertTensor(tensor);
      await queue.run(() => runner.put(handle, tensor));
      return { handle, type, dims };
    },
    stream(session, feeds, { output, layout = "uint8", signal, onComputed }) {
      const record = recordOf(session);
      checkOutputs(session, [output]);
      const request = { session: record.id, feeds: checkFeeds(session, feeds), output, layout };
      const compute = (slot: number, stop: AbortSignal, onAsked: HandOver) =>
        runner.stream(record, { request: { ...request, slot }, feeds, signal: stop, onComputed, onAsked });
      return startStreamCall({ queue, places, signal, compute });
    },
    async release(what) {
      if (!("handle" in what)) records.delete(what.id);
      const request = "handle" in what ? { handles: [what.handle] } : { session: what.id };
      await queue.run(() => runner.release(request));
    },
  };
}

interface CreateRunOptions extends CallOptions {
  readonly recordOf: (session: EngineSession) => SessionRecord;
  readonly nextId: () => number;
}

function createRun({ runner, queue, recordOf, nextId }: CreateRunOptions): Engine["runKeeping"] {
  return async <K extends string>(session: EngineSession, feeds: Feeds, options: KeepOptions<K>) => {
    const { keep, signal, onComputed } = options;
    const record = recordOf(session);
    const names = session.outputs.map(({ name }) => name);
    const fetches = options.fetches ?? names.filter((name) => !keep.includes(name as K));
    checkOutputs(session, [...fetches, ...keep]);
    const handles = Object.fromEntries(keep.map((name) => [name, nextId()]));
    const request = { session: record.id, feeds: checkFeeds(session, feeds), fetches, keep: handles };
    return queue.run(async () => {
      const { process, reply } = await runner.run(record, { request, feeds, signal, onComputed });
      for (const handle of Object.values(handles)) runner.keep(handle, process);
      // Nobody gets the handles of a dropped result.
      if (signal?.aborted) await runner.release({ handles: Object.values(handles) });
      const kept = keep.map((name) => [name, { handle: handles[name], ...reply.kept[name] }]);
      return { outputs: reply.outputs, kept: Object.fromEntries(kept) as KeepResult<K>["kept"] };
    }, signal);
  };
}
