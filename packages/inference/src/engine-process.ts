import { type ChildProcess, fork } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import {
  type CallKind,
  type CallMessage,
  type EngineCalls,
  LIFELINE_FD,
  type ReplyMessage,
} from "./engine-child/protocol.ts";
import { createTensorExchange, type TensorExchange } from "./engine-child/tensor-exchange.ts";
import { EngineDied } from "./engine-failure.ts";
import { openExchangeFile } from "./exchange-file.ts";
import { createFrameSlots, type FrameSlots } from "./frame-slots.ts";
import { createPendingCalls } from "./pending-calls.ts";

/** One engine child, from its fork to its end. */
export interface EngineProcess {
  readonly pid: number | undefined;
  /** Where the child leaves the frames of streamed calls. */
  readonly frames: FrameSlots;
  /** Where the tensors of a call are put before it, and those of its reply taken from. */
  readonly exchange: TensorExchange;
  /** Sessions that this child has loaded. */
  readonly loaded: Set<number>;
  readonly isAlive: boolean;
  /** The end of what the child wrote to stderr. */
  lastWords(): string;
  /** Resolves with the reason when the child has ended. */
  readonly ended: Promise<string>;
  /**
   * One call. Throws EngineRefused with the child's text, or EngineDied; past the deadline, which begins when the
   * calls before it are answered, the child is killed.
   */
  call<K extends CallKind>(
    kind: K,
    request: EngineCalls[K]["request"],
    deadlineMs: number,
  ): Promise<EngineCalls[K]["reply"]>;
  /** Ends the child by SIGKILL, which is clean in the middle of a run where everything else aborts. */
  kill(reason: string): Promise<void>;
}

/** Forks an engine child. `env` is all that it inherits, beside what ONNX Runtime needs. */
export function startEngineProcess(env: Readonly<Record<string, string | undefined>>): EngineProcess {
  const files = openSharedFiles();
  const child = forkChild(env, files.fds);
  const lifeline = child.stdio[LIFELINE_FD] as Duplex;
  lifeline.on("error", () => {});
  const pending = createPendingCalls(
    (deadlineMs) => void engineProcess.kill(`no answer in ${deadlineMs} ms`),
  );
  let killedFor: string | undefined;
  let endReason: string | undefined;

  const ended = endOf(child).then((reason) => killedFor ?? reason);
  void ended.then((reason) => {
    endReason = reason;
    files.end(new EngineDied(reason));
    pending.rejectAll(new EngineDied(reason));
  });
  child.on("message", (message: ReplyMessage) => pending.settle(message));

  const engineProcess: EngineProcess = {
    pid: child.pid,
    frames: files.frames,
    exchange: files.exchange,
    loaded: new Set(),
    lastWords: keepTail(child),
    get isAlive() {
      // The pipe and the channel of a child that was killed are seen to close before its end is.
      return child.connected && !lifeline.destroyed && killedFor === undefined && endReason === undefined;
    },
    ended,
    async call(kind, request, deadlineMs) {
      if (endReason !== undefined) throw new EngineDied(endReason);
      return pending.call(deadlineMs, (id) => {
        const message = { id, kind, request } as CallMessage;
        child.send(message, (error) => error && void engineProcess.kill(error.message));
      });
    },
    async kill(reason) {
      killedFor ??= reason;
      child.kill("SIGKILL");
      await ended;
    },
  };
  return engineProcess;
}

/** Resolves with how the child ended. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(describeEnd(code, signal)));
  });
}

/** What a child shares with its host in memory, beside the channel. */
function openSharedFiles() {
  const file = openExchangeFile();
  const exchange = createTensorExchange(file?.fd);
  const frames = createFrameSlots();
  return {
    exchange,
    frames,
    fds: [file?.fd, ...frames.fds],
    end(reason: EngineDied): void {
      exchange.close(reason);
      file?.close();
      frames.end(reason);
    },
  };
}

function forkChild(
  env: Readonly<Record<string, string | undefined>>,
  files: readonly (number | undefined)[],
): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const entry = new URL(`./engine-child/engine-child-main.${isSource ? "ts" : "js"}`, import.meta.url);
  return fork(fileURLToPath(entry), [], {
    serialization: "advanced",
    execArgv: isSource ? ["--conditions=kinora:source", "--disable-warning=ExperimentalWarning"] : [],
    // 3 is the channel of fork itself, 4 the lifeline, 5 the exchange file, and then the slots for frames.
    stdio: ["ignore", "ignore", "pipe", "ipc", "pipe", ...files.map((fd) => fd ?? "ignore")],
    env: {
      ...env,
      // ONNX Runtime 1.29 and later report usage to its makers unless told not to.
      ORT_DISABLE_TELEMETRY: "1",
      // Sessions that come and go otherwise leave fragments: 250 MB in place of 90 after 40 loads of 38 MB.
      MALLOC_MMAP_THRESHOLD_: "65536",
      MALLOC_TRIM_THRESHOLD_: "65536",
    },
  });
}

/** The last words of the child, for the log. */
function keepTail(child: ChildProcess): () => string {
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-2000);
  });
  return () => stripVTControlCharacters(tail).trim();
}

function describeEnd(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
