import { AppError } from "@kinora/errors";
import { describe, expect, it } from "vitest";
import type { Stage, StageEvent, StageOutcome } from "../plans/stage.ts";
import { runStage, type StageRun } from "./run-stage.ts";
import { createServicePlaces } from "./service-places.ts";

const outcome: StageOutcome = { files: {}, warnings: [], modelSeconds: 0 };
const begun: StageEvent = { kind: "progress", completed: 0, total: 2 };
const done: StageEvent = { kind: "done", outcome };
const busy = () => new AppError("capacity_exhausted", { service: "t2i", running: 1, capacity: 1 });
const gone = () => new AppError("unavailable", { what: "t2i", reason: "it died" });

/** A stage whose attempts give these events, an error standing for a throw. */
function scripted(...attempts: readonly (readonly (StageEvent | Error)[])[]): Stage & { prefixes: string[] } {
  const prefixes: string[] = [];
  return {
    name: "scripted",
    service: "t2i",
    model: { folder: "tiny", width: 8, height: 8 },
    inputs: [],
    outputs: [],
    weight: 1,
    timeoutMs: 1000,
    prefixes,
    parameters: {},
    async *run({ target }) {
      prefixes.push(target.outputPrefix);
      for (const event of attempts[prefixes.length - 1] ?? []) {
        if (event instanceof Error) throw event;
        yield event;
      }
    },
  };
}

interface StartOptions {
  readonly startsBefore?: number;
  readonly signal?: AbortSignal;
}

function start(stage: Stage, options: StartOptions = {}, places = createServicePlaces()) {
  const counted = { starts: 0, fractions: [] as number[] };
  const run = {
    context: { signal: options.signal ?? new AbortController().signal },
    places,
    prefix: "stages/t/scripted/k/",
    startsBefore: options.startsBefore ?? 0,
    countStart: async () => void (counted.starts += 1),
    uncountStart: async () => void (counted.starts -= 1),
    onProgress: async (fraction: number) => void counted.fractions.push(fraction),
  } as unknown as StageRun;
  return { counted, result: runStage(stage, run) };
}

describe("runStage", () => {
  it("reports progress and gives the outcome", async () => {
    const { counted, result } = start(scripted([begun, { kind: "progress", completed: 1, total: 2 }, done]));
    expect(await result).toBe(outcome);
    expect(counted).toEqual({ starts: 1, fractions: [0, 0.5] });
  });

  it("waits for a busy or absent service without counting a start", async () => {
    const { counted, result } = start(scripted([busy()], [gone()], [begun, done]));
    expect(await result).toBe(outcome);
    expect(counted.starts).toBe(1);
  });

  it("counts a service that breaks in the middle, and gives each attempt a folder of its own", async () => {
    const stage = scripted([begun, gone()], [begun, done]);
    const { counted, result } = start(stage);
    await result;
    expect(counted.starts).toBe(2);
    expect(new Set(stage.prefixes).size).toBe(2);
  });

  it("does not take a refusal for a break, whenever it comes", async () => {
    const { counted, result } = start(scripted([begun, busy()], [begun, busy()], [begun, busy()], [done]));
    expect(await result).toBe(outcome);
    expect(counted.starts).toBe(1);
  });

  it("does not count services that are being replaced, however often", async () => {
    const stops = Array.from({ length: 4 }, () => [begun, new AppError("draining")]);
    const { counted, result } = start(scripted(...stops, [begun, done]));
    expect(await result).toBe(outcome);
    expect(counted.starts).toBe(1);
  });

  it("counts an engine that died before the service said a word", async () => {
    const died = () => new AppError("engine_crashed", { operation: "run", reason: "signal SIGKILL" });
    const { result } = start(scripted([died()], [died()], [died()], [done]));
    await expect(result).rejects.toMatchObject({ code: "stage_crashed" });
  });

  it("gives up after three starts, those of earlier leases among them", async () => {
    const { result } = start(scripted([begun, gone()], [begun, gone()]), { startsBefore: 1 });
    await expect(result).rejects.toMatchObject({ code: "stage_crashed" });
  });

  it("takes a stream that ends without a result for a break", async () => {
    const { counted, result } = start(scripted([begun], [begun, done]));
    await result;
    expect(counted.starts).toBe(2);
  });

  it("does not try again what cannot succeed", async () => {
    const refused = new AppError("invalid_image", { reason: "no" });
    const stage = scripted([begun, refused], [begun, done]);
    await expect(start(stage).result).rejects.toBe(refused);
    expect(stage.prefixes).toHaveLength(1);
  });

  it("tries again when the service cancelled, and stops when the job is cancelled", async () => {
    const cancelled = new AppError("cancelled");
    expect(await start(scripted([begun, cancelled], [begun, done])).result).toBe(outcome);
    const controller = new AbortController();
    controller.abort(cancelled);
    const stage = scripted([begun, cancelled], [begun, done]);
    await expect(start(stage, { signal: controller.signal }).result).rejects.toBe(cancelled);
    expect(stage.prefixes).toHaveLength(1);
  });
});
