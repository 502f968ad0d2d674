import { join } from "node:path";
import { createSqliteJobStore, type JobStore } from "@kinora/jobs";
import { createLogger } from "@kinora/runtime";
import { createFilesystemStore, type ObjectStore, writeArtifact } from "@kinora/storage";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StageOutcome } from "../plans/stage.ts";
import { createStageCache, stagePrefix } from "./stage-cache.ts";
import { sweepOnce } from "./sweeper.ts";

const logger = createLogger({ service: "test", level: "silent" });
const signal = new AbortController().signal;
const HOUR_MS = 3_600_000;
const LATER = Date.now() + 2 * HOUR_MS;

let folder: TemporaryFolder;
let store: ObjectStore;
let jobs: JobStore;
beforeEach(async () => {
  folder = await temporaryFolder("stages");
  store = createFilesystemStore({ root: join(folder.path, "objects") });
  jobs = createSqliteJobStore({ path: join(folder.path, "jobs.sqlite"), logger });
});
afterEach(async () => {
  await jobs.close();
  await store.close();
  await folder.remove();
});

/** Commits a stage whose one file holds `text`. */
async function commit(prefix: string, text: string, attempt = "a1/"): Promise<StageOutcome> {
  const bytes = new TextEncoder().encode(text);
  const ref = await writeArtifact(store, `${prefix}${attempt}latents`, bytes, { mediaType: "x/y" });
  const outcome = { files: { latents: ref }, warnings: [], modelSeconds: 1 };
  return createStageCache(store).commit(prefix, outcome, signal);
}

async function keys(prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

describe("the stage cache", () => {
  const prefix = stagePrefix("t", "animate", "k");

  it("finds nothing before a commit and the commit after it", async () => {
    const cache = createStageCache(store);
    expect(await cache.find(prefix, signal)).toBeUndefined();
    const outcome = await commit(prefix, "one");
    expect(await cache.find(prefix, signal)).toEqual(outcome);
  });

  it("keeps the first of two commits", async () => {
    const first = await commit(prefix, "one", "a1/");
    expect(await commit(prefix, "two", "a2/")).toEqual(first);
  });

  it("forgets a commit whose file is gone", async () => {
    const cache = createStageCache(store);
    const outcome = await commit(prefix, "one");
    await store.delete(outcome.files["latents"]?.key ?? "");
    expect(await cache.find(prefix, signal)).toBeUndefined();
    expect(await commit(prefix, "two", "a2/")).not.toEqual(outcome);
  });
});

describe("the sweeper", () => {
  const options = () => ({ jobs, store, logger, graceMs: HOUR_MS, intervalMs: 1 });
  const kept = stagePrefix("t", "animate", "kept");
  const loose = stagePrefix("t", "animate", "loose");

  async function referTo(prefix: string): Promise<void> {
    await jobs.create({ tenant: "t", id: "video_1", request: { inputReference: null }, cost: 1 });
    const worker = jobs.startWorker({
      concurrency: 1,
      run: async () => ({ kind: "finish", state: "completed", patch: { result: { references: [prefix] } } }),
    });
    for await (const { record } of jobs.watch("t", "video_1", { signal })) {
      if (record.state === "completed") break;
    }
    await worker.stop();
  }

  it("deletes what no record needs, and debris of attempts that never committed", async () => {
    await commit(kept, "kept");
    await commit(loose, "loose");
    await store.put(`${stagePrefix("t", "animate", "debris")}a1/latents`, new Uint8Array(3));
    await store.put("inputs/t/unused.png", new Uint8Array(3));
    await referTo(kept);
    expect(await sweepOnce(options(), signal, LATER)).toBe(4);
    expect(await keys()).toEqual([`${kept}a1/latents`, `${kept}done.json`]);
  });

  it("leaves what is young alone", async () => {
    await commit(loose, "loose");
    expect(await sweepOnce(options(), signal, Date.now())).toBe(0);
  });

  it("frees a deleted video's files, and not those another one shares", async () => {
    await commit(kept, "kept");
    await referTo(kept);
    await jobs.delete("t", "video_1");
    expect(await sweepOnce(options(), signal, LATER)).toBe(2);
    expect(await keys()).toEqual([]);
  });

  it("keeps a picture that a job starts from", async () => {
    await store.put("inputs/t/used.png", new Uint8Array(3));
    const inputReference = { key: "inputs/t/used.png", sha256: "", sizeBytes: 3, mediaType: "image/png" };
    await jobs.create({ tenant: "t", id: "video_2", request: { inputReference }, cost: 1 });
    expect(await sweepOnce(options(), signal, LATER)).toBe(0);
  });
});
