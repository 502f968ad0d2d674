import { InferenceSession, type Tensor as OrtTensor } from "onnxruntime-node";
import { isElementType, type Tensor } from "../tensor/tensor.ts";
import { fromOrtTensor, toOrtTensor } from "./ort-tensor.ts";
import type {
  EngineCalls,
  EngineThreads,
  Feed,
  PortMetadata,
  Provider,
  RunReply,
  RunRequest,
} from "./protocol.ts";

/** The sessions and the kept tensors of one engine child. */
export interface SessionTable {
  load(request: EngineCalls["load"]["request"]): Promise<EngineCalls["load"]["reply"]>;
  put(handle: number, tensor: Tensor): void;
  run(request: RunRequest): Promise<RunReply>;
  release(request: EngineCalls["release"]["request"]): Promise<void>;
}

/** What every session of a child shares. */
export interface SessionSettings {
  readonly provider: Provider;
  readonly threads: EngineThreads;
}

/** Creates an empty table. */
export function createSessionTable(settings: SessionSettings): SessionTable {
  const sessions = new Map<number, InferenceSession>();
  const kept = new Map<number, Tensor>();

  return {
    async load({ session: id, path, options }) {
      const session = await InferenceSession.create(path, sessionOptions(settings, options));
      sessions.set(id, session);
      return { inputs: session.inputMetadata.map(toPort), outputs: session.outputMetadata.map(toPort) };
    },
    put: (handle, tensor) => void kept.set(handle, tensor),
    async run({ session: id, feeds, fetches, keep }) {
      const session = required(sessions, id, "session");
      const names = [...new Set([...fetches, ...Object.keys(keep)])];
      const bound = bindFeeds(session, feeds, kept);
      const startMs = performance.now();
      const results = await session.run(bound, names);
      const computedMs = performance.now() - startMs;
      const tensors = names.map((name) => [name, fromOrtTensor(results[name] as OrtTensor)] as const);
      for (const [name, tensor] of tensors)
        if (Object.hasOwn(keep, name)) kept.set(keep[name] as number, tensor);
      return {
        computedMs,
        outputs: Object.fromEntries(tensors.filter(([name]) => fetches.includes(name))),
        kept: Object.fromEntries(
          tensors
            .filter(([name]) => Object.hasOwn(keep, name))
            .map(([name, { type, dims }]) => [name, { type, dims }]),
        ),
      };
    },
    async release({ session: id, handles = [] }) {
      for (const handle of handles) kept.delete(handle);
      if (id === undefined) return;
      await sessions.get(id)?.release();
      sessions.delete(id);
    },
  };
}

function sessionOptions(
  { provider, threads }: SessionSettings,
  { optimization = "all", prepacking = true }: EngineCalls["load"]["request"]["options"],
): InferenceSession.SessionOptions {
  return {
    executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
    graphOptimizationLevel: optimization,
    intraOpNumThreads: threads.count,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // A plan of all activations as one block is made from a shape's first run, whose blocks stay as they are: memory
    // for activations twice, and the page faults of the first run once more.
    enableMemPattern: provider !== "cpu",
    extra: {
      session: {
        intra_op: spinning(threads),
        force_spinning_stop: "1",
        disable_prepacking: prepacking ? "0" : "1",
      },
    },
  };
}

/**
 * A thread that spins between operations, even if only for a millisecond, gains where nothing else runs and makes runs
 * half as long again where a core is busy: it takes its own worker's time. So it is asked for, and ends with the run.
 */
function spinning({ spinUs }: EngineThreads): Record<string, string> {
  return spinUs === 0 ? { allow_spinning: "0" } : { allow_spinning: "1", spin_duration_us: String(spinUs) };
}

function bindFeeds(
  session: InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
  kept: ReadonlyMap<number, Tensor>,
): Record<string, OrtTensor> {
  const bound: Record<string, OrtTensor> = {};
  for (const port of session.inputMetadata.map(toPort)) {
    const feed = feeds[port.name];
    if (feed === undefined) continue;
    const tensor = "handle" in feed ? required(kept, feed.handle, "tensor") : feed;
    bound[port.name] = toOrtTensor(tensor, port.type);
  }
  return bound;
}

function toPort(metadata: InferenceSession.ValueMetadata): PortMetadata {
  if (!metadata.isTensor || !isElementType(metadata.type)) {
    const type = metadata.isTensor ? metadata.type : "no tensor";
    throw new Error(`${metadata.name} is ${type}, which is not supported at a graph's boundary.`);
  }
  return { name: metadata.name, type: metadata.type, shape: [...metadata.shape] };
}

function required<T>(table: ReadonlyMap<number, T>, id: number, what: string): T {
  const found = table.get(id);
  if (found === undefined) throw new Error(`The engine has no ${what} ${id}. This is a bug.`);
  return found;
}
