import { errorMessage } from "@kinora/errors";
import type { JobStore } from "@kinora/jobs";
import { type Logger, sleep } from "@kinora/runtime";
import type { ObjectStore } from "@kinora/storage";
import { inputsOf } from "../job-inputs.ts";
import { jobResultOf } from "../job-result.ts";
import { MARKER_NAME, STAGES_PREFIX } from "./stage-cache.ts";

/** Where users' files live: inputs/TENANT/SHA256.png. */
export const INPUTS_PREFIX = "inputs/";

/** Settings of the sweeper. */
export interface SweeperOptions {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly logger: Logger;
  /** Objects younger than this are never deleted: a job may be about to reference them. */
  readonly graceMs: number;
  readonly intervalMs: number;
}

/** Deletes bytes that no record refers to; returns how many objects went. */
export async function sweepOnce(
  { jobs, store, graceMs }: SweeperOptions,
  signal: AbortSignal,
  nowMs: number,
): Promise<number> {
  const old = new Map<string, string[]>();
  for (const prefix of [STAGES_PREFIX, INPUTS_PREFIX]) {
    for await (const info of store.list(prefix, { signal })) {
      if (nowMs - info.modifiedAtMs < graceMs) continue;
      const owner = ownerOf(info.key);
      old.set(owner, [...(old.get(owner) ?? []), info.key]);
    }
  }
  // Records are read after the listing: what a job referenced meanwhile is seen here.
  for (const reference of await referencesOf(jobs)) old.delete(reference);
  if (old.size === 0) return 0;
  // The markers first: without them nobody begins to trust the rest. Whoever did so until now has said so in a record.
  const markers = [...old.values()].flat().filter(isMarker);
  for (const key of markers) await store.delete(key, { signal });
  for (const reference of await referencesOf(jobs)) old.delete(reference);
  let deleted = markers.length;
  for (const key of [...old.values()].flat()) {
    if (isMarker(key)) continue;
    const isInput = key.startsWith(INPUTS_PREFIX);
    if (isInput && !(await isStillOld(store, key, { signal, beforeMs: nowMs - graceMs }))) continue;
    await store.delete(key, { signal });
    deleted += 1;
  }
  return deleted;
}

function isMarker(key: string): boolean {
  return key.endsWith(`/${MARKER_NAME}`);
}

/** False of an input that was sent again since it was listed; a stage never writes a key twice. */
async function isStillOld(
  store: ObjectStore,
  key: string,
  { signal, beforeMs }: { readonly signal: AbortSignal; readonly beforeMs: number },
): Promise<boolean> {
  const info = await store.head(key, { signal });
  return info !== undefined && info.modifiedAtMs <= beforeMs;
}

/** Sweeps every `intervalMs` until the signal aborts. */
export async function runSweeper(options: SweeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(options.intervalMs, signal);
      const deleted = await sweepOnce(options, signal, Date.now());
      if (deleted > 0) options.logger.info({ deleted }, "swept unreferenced objects");
    } catch (error) {
      if (signal.aborted) return;
      options.logger.warn({ reason: errorMessage(error) }, "sweep failed");
    }
  }
}

/** What a record would name to keep this object: its stage's folder, or the input itself. */
function ownerOf(key: string): string {
  if (!key.startsWith(STAGES_PREFIX)) return key;
  return `${key.split("/").slice(0, 4).join("/")}/`;
}

async function referencesOf(jobs: JobStore): Promise<Set<string>> {
  const references = new Set<string>();
  for await (const record of jobs.scan()) {
    for (const prefix of jobResultOf(record).references) references.add(prefix);
    for (const input of inputsOf(record)) references.add(ownerOf(input.key));
  }
  return references;
}
