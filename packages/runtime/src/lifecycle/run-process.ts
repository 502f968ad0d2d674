import { AppError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import { withTimeout } from "../timing/with-timeout.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";

/** What a process tells its parent when it is ready, for example its ports. */
export type ReadyDetails = Readonly<Record<string, string | number | boolean>>;

/** The message a forked process sends to its parent once it is ready. */
export type ReadyMessage = { readonly type: "ready" } & ReadyDetails;

/** A service as `runProcess` drives it. */
export interface App {
  /** Resolves when the service can do its work. */
  start(): Promise<ReadyDetails | void>;
  /** Stops intake and resolves when the work in flight is done or left at a committed place. */
  drain(): Promise<void>;
  /** Lets go of everything: servers, children, connections. Also called after a start that failed. */
  stop(): Promise<void>;
}

/** How to run a process. */
export interface RunProcessOptions {
  readonly logger: Logger;
  /** Builds the app; its errors end the process like those of `start`. */
  readonly create: () => Promise<App>;
  readonly drainTimeoutMs: number;
  /** Shuts down when the parent's IPC channel closes (false). */
  readonly exitWithParent?: boolean | undefined;
}

/** How long `stop` may take before the process exits anyway. */
const STOP_TIMEOUT_MS = 10_000;
/** What a shell reports for a process ended by Ctrl-C. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs one app as this process; called by main.ts only. The process exits with 0 after SIGTERM or
 * SIGINT (or its parent's end, if asked to), 1 after an error, 130 at the second signal.
 */
export function runProcess(options: RunProcessOptions): void {
  const { logger } = options;
  const run = new Run(options);
  process.on("uncaughtException", (error) => run.fail(error, "uncaught error"));
  process.on("unhandledRejection", (reason) => run.fail(reason, "unhandled rejection"));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => run.onSignal(signal));
  logger.debug("process starting");
  run.begin();
  if (options.exitWithParent === true) whenParentIsGone(() => void run.shutDown("parent gone"));
}

class Run {
  readonly #options: RunProcessOptions;
  readonly #lifecycle: Lifecycle;
  #app: App | undefined;
  #started: Promise<void> | undefined;

  constructor(options: RunProcessOptions) {
    this.#options = options;
    this.#lifecycle = createLifecycle((state) => options.logger.info({ state }, "lifecycle"));
  }

  begin(): void {
    this.#started = this.#start();
  }

  onSignal(signal: string): void {
    const { state } = this.#lifecycle;
    if (state !== "starting" && state !== "ready") exit(EXIT_INTERRUPTED);
    void this.shutDown(signal);
  }

  async shutDown(trigger: string): Promise<void> {
    if (!this.#lifecycle.advance("draining")) return;
    this.#options.logger.info({ trigger }, "shutting down");
    const drained = await this.#attempt("drain", this.#options.drainTimeoutMs, async () => {
      await this.#started;
      await this.#app?.drain();
    });
    const stopped = await this.#stop();
    const clean = drained && stopped;
    this.#lifecycle.advance(clean ? "stopped" : "failed");
    exit(clean ? 0 : 1);
  }

  /** After an error nobody expected the state is unknown: no drain, the supervisor starts afresh. */
  fail(error: unknown, message: string): void {
    this.#logFatal(error, message);
    this.#lifecycle.advance("failed");
    exit(1);
  }

  async #start(): Promise<void> {
    try {
      this.#app = await this.#options.create();
      const details = (await this.#app.start()) ?? {};
      if (this.#lifecycle.advance("ready")) tellParent({ type: "ready", ...details });
    } catch (error) {
      this.#logFatal(error, "start failed");
      // A shutdown that is under way stops the app and exits by itself.
      if (this.#lifecycle.state === "draining") return;
      this.#lifecycle.advance("failed");
      await this.#stop();
      exit(1);
    }
  }

  #stop(): Promise<boolean> {
    return this.#attempt("stop", STOP_TIMEOUT_MS, async () => await this.#app?.stop());
  }

  /** Runs one step of a shutdown, whose failure must not keep the later ones from running. */
  async #attempt(step: string, timeoutMs: number, work: () => Promise<void>): Promise<boolean> {
    try {
      await withTimeout(work, { timeoutMs, what: `The process's ${step}` });
      return true;
    } catch (error) {
      this.#options.logger.error({ step, err: error }, "shutdown step failed");
      return false;
    }
  }

  /** A wrong setting is told in a sentence; everything else with its stack. */
  #logFatal(error: unknown, message: string): void {
    const { logger } = this.#options;
    const expected = error instanceof AppError && error.row.blame === "destination";
    if (expected) logger.fatal({ code: error.code, reason: error.message }, message);
    else logger.fatal({ err: error }, message);
  }
}

/** A parent that died before anybody listened leaves a channel that is closed already. */
function whenParentIsGone(then: () => void): void {
  process.on("disconnect", then);
  if (process.send !== undefined && !process.connected) then();
}

/** Does nothing without a parent, and does not fail when the parent has gone meanwhile. */
function tellParent(message: ReadyMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}

function exit(code: number): never {
  // oxlint-disable-next-line unicorn/no-process-exit -- the one place where a process of ours ends.
  process.exit(code);
}
