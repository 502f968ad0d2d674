import { AppError, errorMessage } from "@kinora/errors";
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
  /** Lets go of everything: servers, children, connections. */
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
const EXIT_INTERRUPTED = 130;

/**
 * Runs one app as this process; called by main.ts only, and ends in `process.exit`: 0 after
 * SIGTERM or SIGINT, 1 after an error, 130 at the second signal.
 */
export function runProcess(options: RunProcessOptions): void {
  const { logger } = options;
  const lifecycle = createLifecycle((state) => logger.info({ state }, "lifecycle"));
  const run: Run = { options, lifecycle, app: undefined, started: undefined };
  process.on("uncaughtException", (error) => fail(run, error, "uncaught error"));
  process.on("unhandledRejection", (error) => fail(run, error, "unhandled rejection"));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (lifecycle.state !== "starting" && lifecycle.state !== "ready") process.exit(EXIT_INTERRUPTED);
      void shutDown(run, signal);
    });
  }
  if (options.exitWithParent === true) process.on("disconnect", () => void shutDown(run, "parent gone"));
  run.started = start(run);
}

interface Run {
  readonly options: RunProcessOptions;
  readonly lifecycle: Lifecycle;
  app: App | undefined;
  started: Promise<void> | undefined;
}

async function start(run: Run): Promise<void> {
  const { lifecycle, options } = run;
  try {
    run.app = await options.create();
    const details = (await run.app.start()) ?? {};
    if (!lifecycle.advance("ready")) return;
    process.send?.({ type: "ready", ...details } satisfies ReadyMessage);
  } catch (error) {
    if (lifecycle.state === "draining") return;
    logFatal(options.logger, error, "start failed");
    lifecycle.advance("failed");
    await attempt(options.logger, "stop", STOP_TIMEOUT_MS, async () => run.app?.stop());
    process.exit(1);
  }
}

async function shutDown(run: Run, trigger: string): Promise<void> {
  const { lifecycle } = run;
  if (!lifecycle.advance("draining")) return;
  const { logger, drainTimeoutMs } = run.options;
  logger.info({ trigger }, "shutting down");
  const drained = await attempt(logger, "drain", drainTimeoutMs, async () => {
    await run.started;
    await run.app?.drain();
  });
  const stopped = await attempt(logger, "stop", STOP_TIMEOUT_MS, async () => run.app?.stop());
  const clean = drained && stopped;
  lifecycle.advance(clean ? "stopped" : "failed");
  process.exit(clean ? 0 : 1);
}

/** Runs one step of a shutdown, whose failure must not keep the later ones from running. */
async function attempt(
  logger: Logger,
  step: string,
  timeoutMs: number,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await withTimeout(work, { timeoutMs, what: step });
    return true;
  } catch (error) {
    logger.error({ step, err: error }, "shutdown step failed");
    return false;
  }
}

function fail(run: Run, error: unknown, message: string): void {
  logFatal(run.options.logger, error, message);
  run.lifecycle.advance("failed");
  process.exit(1);
}

/** A wrong setting is told in a sentence; everything else with its stack. */
function logFatal(logger: Logger, error: unknown, message: string): void {
  const expected = error instanceof AppError && error.row.blame !== "us";
  if (expected) logger.fatal({ code: error.code, reason: errorMessage(error) }, message);
  else logger.fatal({ err: error }, message);
}
