import { AppError } from "@kinora/errors";
import type { Logger } from "@kinora/runtime";
import { deviceFault } from "./device-fault.ts";
import type { EngineInfo } from "./engine.ts";
import type { Device, EngineThreads } from "./engine-child/protocol.ts";
import { crashed, EngineDied, EngineRefused } from "./engine-failure.ts";
import { type EngineProcess, startEngineProcess } from "./engine-process.ts";

const OPEN_DEADLINE_MS = 60_000;
const NOT_OPENED = "its device could not be started";

/** A child whose device is started. */
interface OpenEngine {
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
  readonly threads: EngineThreads;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** Creates a supervisor without a child. */
export function createEngineSupervisor(options: SupervisorOptions): EngineSupervisor {
  const { logger, threads } = options;
  let device = options.device;
  let current: { process: EngineProcess; opened: Promise<OpenEngine> } | undefined;
  let crashes = 0;
  let isClosed = false;

  /** What was found once holds for later children, which so start faster and log nothing. */
  function fallBack(reason: string): void {
    device = "cpu";
    logger.info({ provider: device, reason }, "no GPU for the engine");
  }

  function start(): NonNullable<typeof current> {
    const child = startEngineProcess(options.env);
    void child.ended.then((reason) => {
      if (isClosed || reason === NOT_OPENED) return;
      crashes++;
      logger.warn({ reason, crashes, stderr: child.lastWords() }, "the engine process died");
    });
    return { process: child, opened: openChild(child, { device, threads, fallBack }) };
  }

  async function open(): Promise<OpenEngine> {
    if (isClosed) throw new AppError("draining");
    if (current === undefined || !current.process.isAlive) current = start();
    return current.opened;
  }

  return {
    async open() {
      try {
        return await open();
      } catch (error) {
        if (device !== "auto" || !(error instanceof AppError) || error.code !== "device_unavailable")
          throw error;
        fallBack(error.message);
        return open();
      }
    },
    running: () => (current?.process.isAlive ? current.process : undefined),
    get crashes() {
      return crashes;
    },
    async close() {
      isClosed = true;
      await current?.process.kill("it was closed");
    },
  };
}

interface OpenOptions {
  readonly device: Device;
  readonly threads: EngineThreads;
  readonly fallBack: (reason: string) => void;
}

/** Starts the child's device. A child whose device cannot be started is not used again. */
async function openChild(
  child: EngineProcess,
  { device, threads, fallBack }: OpenOptions,
): Promise<OpenEngine> {
  try {
    const reply = await child.call("open", { device, threads }, OPEN_DEADLINE_MS);
    if (reply.fallback !== undefined) fallBack(reply.fallback);
    return { process: child, info: { provider: reply.provider, runtime: `onnxruntime-${reply.version}` } };
  } catch (error) {
    await child.kill(NOT_OPENED);
    throw openFault(device, error);
  }
}

/** A provider may end the process in place of throwing: then the device is to blame, unless it is the CPU. */
function openFault(device: Device, error: unknown): unknown {
  if (error instanceof EngineRefused) return deviceFault(device, error.message);
  if (!(error instanceof EngineDied)) return error;
  return device === "cpu"
    ? crashed("its start", error)
    : deviceFault(device, `its process died (${error.message})`);
}
