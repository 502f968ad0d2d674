import { AppError } from "@kinora/errors";
import type { Logger } from "@kinora/runtime";
import { deviceFault } from "./device-fault.ts";
import type { EngineInfo } from "./engine.ts";
import type { Device } from "./engine-child/protocol.ts";
import { crashed, EngineDied, EngineRefused } from "./engine-failure.ts";
import { type EngineProcess, startEngineProcess } from "./engine-process.ts";

const OPEN_DEADLINE_MS = 60_000;

/** A child whose device is started. */
export interface OpenEngine {
  readonly process: EngineProcess;
  readonly info: EngineInfo;
}

/** Keeps at most one child, and starts another one when that has died and a call needs it. */
export interface EngineSupervisor {
  /** The child, started if there is none. Throws `device_unavailable`, or `draining` after `close`. */
  open(): Promise<OpenEngine>;
  /** The child, if one lives. */
  running(): EngineProcess | undefined;
  readonly crashes: number;
  close(): Promise<void>;
}

/** What the children are started with. */
export interface SupervisorOptions {
  readonly device: Device;
  readonly threads: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** Creates a supervisor without a child. */
export function createEngineSupervisor(options: SupervisorOptions): EngineSupervisor {
  const { logger } = options;
  let device = options.device;
  let current: { process: EngineProcess; opened: Promise<OpenEngine> } | undefined;
  let crashes = 0;
  let isClosed = false;

  function start(): NonNullable<typeof current> {
    const child = startEngineProcess(options.env);
    void child.ended.then((reason) => {
      if (isClosed) return;
      crashes++;
      logger.warn(
        { reason, crashes, childPid: child.pid, stderr: child.lastWords() },
        "the engine process died",
      );
    });
    const opened = openChild(child);
    // A child that could not be opened is not used again.
    opened.catch(() => child.kill("it could not be opened"));
    return { process: child, opened };
  }

  async function openChild(child: EngineProcess): Promise<OpenEngine> {
    const { threads } = options;
    const reply = await child.call("open", { device, threads }, OPEN_DEADLINE_MS).catch((error: unknown) => {
      throw openFault(device, error);
    });
    if (reply.fallback !== undefined) {
      logger.info({ provider: reply.provider, reason: reply.fallback }, "no GPU for the engine");
      // What was found once holds for later children, which so start faster and log nothing.
      device = "cpu";
    }
    return { process: child, info: { provider: reply.provider, runtime: `onnxruntime-${reply.version}` } };
  }

  async function openOrFallBack(): Promise<OpenEngine> {
    if (isClosed) throw new AppError("draining");
    if (current === undefined || !current.process.isAlive) current = start();
    return current.opened;
  }

  return {
    async open() {
      try {
        return await openOrFallBack();
      } catch (error) {
        if (device !== "auto" || !(error instanceof AppError) || error.code !== "device_unavailable")
          throw error;
        logger.info({ reason: error.message }, "no GPU for the engine");
        device = "cpu";
        return openOrFallBack();
      }
    },
    get crashes() {
      return crashes;
    },
    running: () => (current?.process.isAlive ? current.process : undefined),
    async close() {
      isClosed = true;
      await current?.process.kill("it was closed");
    },
  };
}

/** A provider may end the process in place of throwing: then the device is to blame, unless it is the CPU. */
function openFault(device: Device, error: unknown): unknown {
  if (error instanceof EngineRefused) return deviceFault(device, error.message);
  if (!(error instanceof EngineDied)) return error;
  return device === "cpu"
    ? crashed("its start", error)
    : deviceFault(device, `its process died (${error.message})`);
}
