import { join } from "node:path";
import { createKinoraClient, type KinoraClient } from "@kinora/client";
import { fixturePath, freePort, type NodeProcess, spawnNode, temporaryFolder } from "@kinora/testing";

/** The processes of a stack, as containers run them. */
export type ProcessName = "encoder" | "t2i" | "i2v" | "edit" | "gateway" | "gateway2";

/** What a test may choose of its stack. */
export interface StackOptions {
  /** Extra environment of every process: Redis, S3, model. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gateways side by side (1). */
  readonly gateways?: 1 | 2;
}

/** A running stack of real processes on free ports, with the tiny model. */
export interface Stack extends AsyncDisposable {
  readonly baseUrl: string;
  readonly baseUrl2: string;
  readonly grpcAddress: string;
  readonly client: KinoraClient;
  readonly dataDir: string;
  process(name: ProcessName): NodeProcess;
  /** SIGKILLs one process. */
  kill(name: ProcessName): Promise<void>;
  /** Starts a killed process again on its port. */
  restart(name: ProcessName): Promise<void>;
  /** Value of `kinora_stage_runs_total` for a stage, over all gateways. */
  stageRuns(stage: string, how: "ran" | "cached"): Promise<number>;
  /** All processes' output, for failure messages. */
  logs(): string;
}

const ROOT = join(import.meta.dirname, "../..");
const SERVICES = ["encoder", "t2i", "i2v", "edit"] as const;

interface Ports {
  readonly http: number;
  readonly grpc: number;
}

/** Starts all services and gateways, and waits until each says that it is ready. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = await temporaryFolder("stack");
  const rpcPorts = new Map<ProcessName, number>();
  for (const name of SERVICES) rpcPorts.set(name, await freePort());
  const gateways = new Map<ProcessName, Ports>();
  for (const name of (["gateway", "gateway2"] as const).slice(0, options.gateways ?? 1)) {
    gateways.set(name, { http: await freePort(), grpc: await freePort() });
  }
  const running = new Map<ProcessName, NodeProcess>();
  const output: string[] = [];

  const common = {
    KINORA_DATA_DIR: folder.path,
    KINORA_MODELS_DIR: fixturePath("models"),
    KINORA_DEFAULT_MODEL: "tiny",
    KINORA_DEVICE: "cpu",
    KINORA_ENGINE_THREADS: "2",
    KINORA_LEASE_MS: "1500",
    ...Object.fromEntries(
      SERVICES.map((name) => [`KINORA_${name.toUpperCase()}_ADDR`, `127.0.0.1:${rpcPorts.get(name)}`]),
    ),
    ...options.env,
  };
  async function launch(name: ProcessName): Promise<void> {
    const ports = gateways.get(name);
    const own = ports
      ? { KINORA_HTTP_PORT: String(ports.http), KINORA_GRPC_PORT: String(ports.grpc) }
      : { KINORA_RPC_PORT: String(rpcPorts.get(name)) };
    const file = join(ROOT, "services", ports ? "gateway" : name, "src/main.ts");
    const process = spawnNode(file, { env: { ...common, ...own } });
    running.set(name, process);
    await process.message((message) => (message as { type?: string }).type === "ready");
  }
  const of = (name: ProcessName): NodeProcess => {
    const process = running.get(name);
    if (!process) throw new Error(`${name} is not part of this stack. This is a bug.`);
    return process;
  };

  await Promise.all([...SERVICES, ...gateways.keys()].map(launch));
  const urlOf = (name: ProcessName) => `http://127.0.0.1:${gateways.get(name)?.http}`;
  const grpcAddress = `127.0.0.1:${gateways.get("gateway")?.grpc}`;
  const client = createKinoraClient({ grpcAddress });
  return {
    baseUrl: urlOf("gateway"),
    baseUrl2: urlOf("gateway2"),
    grpcAddress,
    client,
    dataDir: folder.path,
    process: of,
    async kill(name) {
      await of(name).kill("SIGKILL");
      output.push(of(name).output());
    },
    restart: launch,
    async stageRuns(stage, how) {
      const counts = await Promise.all(
        [...gateways.keys()].map((name) => readStageRuns(urlOf(name), stage, how)),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    logs: () =>
      [...output, ...[...running].map(([name, process]) => `--- ${name}\n${process.output()}`)].join("\n"),
    async [Symbol.asyncDispose]() {
      client.close();
      await Promise.all([...running.values()].map((process) => process.kill("SIGKILL")));
      await folder.remove();
    },
  };
}

async function readStageRuns(baseUrl: string, stage: string, how: string): Promise<number> {
  const text = await (await fetch(`${baseUrl}/metrics`)).text();
  const line = text
    .split("\n")
    .find(
      (row) =>
        row.startsWith("kinora_stage_runs_total{") &&
        row.includes(`stage="${stage}"`) &&
        row.includes(`how="${how}"`),
    );
  return line ? Number(line.split(" ").at(-1)) : 0;
}
