import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** How to run a helper process. */
export interface SpawnNodeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly cwd?: string;
}

/** A Node process of one test, with an IPC channel. */
export interface NodeProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  /** All of stdout and stderr so far, in the order of arrival. */
  output(): string;
  /** The next message that fits; throws with the output if the process ends first. */
  message<T = unknown>(fits?: (message: unknown) => boolean): Promise<T>;
  /** Resolves when the process has ended. */
  exit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends a signal (SIGKILL unless told) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Runs a TypeScript or JavaScript file in a Node process of its own, from sources, without a build. */
export function spawnNode(file: string, options: SpawnNodeOptions = {}): NodeProcess {
  const child = fork(file, [...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    execArgv: ["--conditions=kinora:source", "--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const chunks: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  // A process that cannot be spawned rejects `ended`; whoever awaits it hears of it.
  ended.catch(() => {});
  const inbox = createInbox(child, () => chunks.join(""));
  const kill = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    child,
    pid: child.pid ?? 0,
    output: () => chunks.join(""),
    message: inbox,
    exit: () => ended.then(([code, signal]) => ({ code, signal })),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Messages wait until somebody asks, so none is lost between two awaits. */
function createInbox(child: ChildProcess, output: () => string) {
  const waiting: unknown[] = [];
  let wake = (): void => {};
  child.on("message", (message) => {
    waiting.push(message);
    wake();
  });
  child.on("exit", () => wake());
  return async <T>(fits: (message: unknown) => boolean = () => true): Promise<T> => {
    for (;;) {
      const index = waiting.findIndex(fits);
      if (index >= 0) return waiting.splice(index, 1)[0] as T;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The process ended before its message. Its output:\n${output()}`);
      }
      await new Promise<void>((resolve) => {
        const previous = wake;
        wake = () => (previous(), resolve());
      });
    }
  };
}
