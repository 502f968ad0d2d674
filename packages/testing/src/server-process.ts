import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const KEPT_OUTPUT_CHARS = 8_000;

/** A server under test: its output so far and ways to end it. */
export interface ServerProcess {
  readonly pid: number;
  readonly exited: boolean;
  /** The last 8,000 characters of stdout and stderr. */
  output(): string;
  /** Sends `signal` and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** What a server is started with. */
export interface ServerCommand {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Said when the program is not installed: how to get it. */
  readonly missing: string;
}

/** Starts a program that runs until it is ended; throws `command.missing` if there is no such program. */
export async function startServerProcess(program: string, command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(program, command.args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: command.env ?? process.env,
  });
  let output = "";
  const keep = (text: string): void => {
    output = (output + text).slice(-KEPT_OUTPUT_CHARS);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  await Promise.race([
    once(child, "spawn"),
    once(child, "error").then(([error]) => failStart(error, command)),
  ]);
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));
  return {
    pid: child.pid ?? 0,
    get exited() {
      return hasExited(child);
    },
    output: () => output,
    end: (signal) => endProcess(child, signal),
  };
}

function failStart(error: NodeJS.ErrnoException, command: ServerCommand): never {
  throw error.code === "ENOENT" ? new Error(command.missing, { cause: error }) : error;
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasExited(child)) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
