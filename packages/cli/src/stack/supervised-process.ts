import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@kinora/errors";
import type { ReadyDetails, ReadyMessage } from "@kinora/runtime";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A process that lived this long has earned a quick restart. */
const HEALTHY_MS = 30_000;

/** One service process to keep alive. */
export interface SupervisedOptions {
  readonly name: string;
  /** Its main file. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Environment that keeps a restarted process where its first life said it was. */
  readonly pinPorts: (ready: ReadyDetails) => Readonly<Record<string, string>>;
  /** File descriptor for its stdout and stderr. */
  readonly outputFd: number;
  /** Hears of deaths and restarts. */
  readonly onEvent: (event: string) => void;
}

/** A process that is started again whenever it dies, until it is stopped. */
export interface SupervisedProcess {
  readonly name: string;
  /** The process of the current life, if one runs. */
  readonly pid: number | undefined;
  /** Resolves with what the first life reported; throws `unavailable` when it dies before. */
  start(): Promise<ReadyDetails>;
  /** SIGTERM, then SIGKILL after `graceMs`; nothing is started again. */
  stop(graceMs: number): Promise<void>;
}

/** Makes a supervised process; nothing runs before `start`. */
export function createSupervisedProcess(options: SupervisedOptions): SupervisedProcess {
  const { name } = options;
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let ports: Readonly<Record<string, string>> = {};
  let failures = 0;

  const launch = (): ChildProcess => {
    const startedAt = Date.now();
    const launched = forkService(options, ports);
    child = launched;
    launched.once("exit", (code, signal) => {
      child = undefined;
      if (stopping.signal.aborted || Object.keys(ports).length === 0) return;
      if (Date.now() - startedAt > HEALTHY_MS) failures = 0;
      options.onEvent(`${name} ended (${signal ?? `exit code ${code}`}); starting it again`);
      void relaunch();
    });
    return launched;
  };

  const relaunch = async (): Promise<void> => {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    failures += 1;
    await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (!stopping.signal.aborted) launch();
  };

  return {
    name,
    get pid() {
      return child?.pid;
    },
    async start() {
      const details = await firstReady(name, launch());
      ports = options.pinPorts(details);
      return details;
    },
    async stop(graceMs) {
      stopping.abort();
      if (child !== undefined) await endProcess(child, graceMs);
    },
  };
}

function forkService(options: SupervisedOptions, ports: Readonly<Record<string, string>>): ChildProcess {
  const source = options.file.endsWith(".ts") ? ["--conditions=kinora:source"] : [];
  return fork(options.file, [], {
    env: { ...options.env, ...ports },
    execArgv: ["--disable-warning=ExperimentalWarning", ...source],
    stdio: ["ignore", options.outputFd, options.outputFd, "ipc"],
    // A group of its own: Ctrl-C reaches the supervisor only, which then stops the services in order.
    detached: true,
  });
}

function firstReady(name: string, child: ChildProcess): Promise<ReadyDetails> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (isReadyMessage(message)) resolve(message);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(
        new AppError("unavailable", {
          what: `The ${name} service`,
          reason: `it ended while starting (${signal ?? `exit code ${code}`}); its log says why`,
        }),
      );
    });
  });
}

function isReadyMessage(message: unknown): message is ReadyMessage {
  return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}

async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
