import { codeOf } from "@kinora/errors";
import type { ObjectStore } from "@kinora/storage";
import type { StageOutcome } from "../plans/stage.ts";

/** Where all stage results live: stages/TENANT/STAGE/KEY/. */
export const STAGES_PREFIX = "stages/";

/** Folder of one stage result; what records reference and the sweeper keeps. */
export function stagePrefix(tenant: string, stage: string, key: string): string {
  return `${STAGES_PREFIX}${tenant}/${stage}/${key}/`;
}

/** The name of the commit marker inside a stage's folder. */
export const MARKER_NAME = "done.json";

/** Finished stages by content: bytes first, then a marker; the first marker wins. */
export interface StageCache {
  /** The committed outcome, if its marker is there and its files are. */
  find(prefix: string, signal: AbortSignal): Promise<StageOutcome | undefined>;
  /** Commits an outcome; returns the one that counts, which may be an earlier writer's. */
  commit(prefix: string, outcome: StageOutcome, signal: AbortSignal): Promise<StageOutcome>;
}

/** Creates a StageCache in the object store. */
export function createStageCache(store: ObjectStore): StageCache {
  async function read(key: string, signal: AbortSignal): Promise<StageOutcome | undefined> {
    if (!(await store.head(key, { signal }))) return undefined;
    const bytes = await store.get(key, { signal });
    return JSON.parse(new TextDecoder().decode(bytes)) as StageOutcome;
  }

  async function filesAreThere(outcome: StageOutcome, signal: AbortSignal): Promise<boolean> {
    const infos = await Promise.all(
      Object.values(outcome.files).map(async (ref) => {
        const info = await store.head(ref.key, { signal });
        return info?.sizeBytes === ref.sizeBytes;
      }),
    );
    return infos.every(Boolean);
  }

  return {
    async find(prefix, signal) {
      const marker = `${prefix}${MARKER_NAME}`;
      const outcome = await read(marker, signal);
      if (!outcome) return undefined;
      if (await filesAreThere(outcome, signal)) return outcome;
      // A marker without its files would block this stage for ever.
      await store.delete(marker, { signal });
      return undefined;
    },

    async commit(prefix, outcome, signal) {
      const marker = `${prefix}${MARKER_NAME}`;
      const bytes = new TextEncoder().encode(JSON.stringify(outcome));
      try {
        await store.put(marker, bytes, { ifAbsent: true, mediaType: "application/json", signal });
        return outcome;
      } catch (error) {
        if (codeOf(error) !== "object_exists") throw error;
        return (await read(marker, signal)) ?? outcome;
      }
    },
  };
}
