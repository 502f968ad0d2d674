import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLogger, type Logger } from "@kinora/runtime";
import { createEngine, type EngineOptions } from "../create-engine.ts";
import type { Engine, EngineSession, Feeds } from "../engine.ts";
import { float32Tensor, int64Tensor } from "../tensor/tensor.ts";

/** A logger that says nothing. */
export const silent: Logger = createLogger({ service: "test", level: "silent" });

/** Absolute path of a file of packages/inference/fixtures; training/golden/engine_graphs.py makes them. */
export function graphFixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** A CPU engine that is closed at the end of its block. */
export function testEngine(options: Partial<EngineOptions> = {}): Engine & AsyncDisposable {
  const engine = createEngine({ device: "cpu", threads: 2, logger: silent, ...options });
  return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.close() });
}

/** Inputs of add.onnx: x + x. */
export function addFeeds(...values: number[]): Feeds {
  const tensor = float32Tensor(Float32Array.from(values), [values.length]);
  return { x: tensor, y: tensor };
}

/** Inputs of spin.onnx: `rounds` matrix products, then 1. */
export function spinFeeds(rounds: number): Feeds {
  return { rounds: int64Tensor([rounds], []), x: float32Tensor(Float32Array.of(1), [1]) };
}

/** How many rounds of spin.onnx take about `ms` on this machine at this moment. */
export async function roundsFor(engine: Engine, spin: EngineSession, ms: number): Promise<number> {
  const sample = 60;
  await engine.run(spin, spinFeeds(sample));
  const startMs = performance.now();
  await engine.run(spin, spinFeeds(sample));
  return Math.ceil((sample * ms) / (performance.now() - startMs));
}

/** Whether the process is there and not merely waiting to be reaped. */
export function isRunning(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) return signals(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

function signals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
