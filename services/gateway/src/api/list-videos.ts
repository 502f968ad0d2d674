import { setImmediate as nextTurn } from "node:timers/promises";
import { codeOf } from "@kinora/errors";
import type { JobPage, JobRecord, JobStore } from "@kinora/jobs";
import { invalid } from "./parse-value.ts";
import { showValue } from "./show-value.ts";
import { VIDEO_ID } from "./video-id.ts";

/** Which page of a tenant's videos. */
export interface VideoPageOptions {
  readonly after?: string;
  readonly limit: number;
  readonly order: "asc" | "desc";
}

/** A page of a tenant's videos; its jobs of other kinds are passed over. Throws `invalid_request` for an unknown `after`. */
export async function listVideos(
  jobs: JobStore,
  tenant: string,
  options: VideoPageOptions,
): Promise<JobPage> {
  const { after, limit } = options;
  const unknown = () =>
    invalid("after", `after must be the id of one of your videos; got ${showValue(after)}.`);
  if (after !== undefined && !VIDEO_ID.test(after)) throw unknown();
  const videos: JobRecord[] = [];
  try {
    for await (const record of eachJob(jobs, tenant, options)) {
      if (!VIDEO_ID.test(record.id)) continue;
      if (videos.length === limit) return { records: videos, hasMore: true };
      videos.push(record);
    }
    return { records: videos, hasMore: false };
  } catch (error) {
    if (codeOf(error) === "invalid_request") throw unknown();
    throw error;
  }
}

async function* eachJob(
  jobs: JobStore,
  tenant: string,
  { after: start, limit, order }: VideoPageOptions,
): AsyncGenerator<JobRecord> {
  let after = start;
  for (;;) {
    const page = await jobs.list(tenant, {
      limit: limit + 1,
      order,
      ...(after === undefined ? {} : { after }),
    });
    yield* page.records;
    after = page.records.at(-1)?.id;
    if (!page.hasMore || after === undefined) return;
    // SQLite answers within the turn: other requests come in between.
    await nextTurn();
  }
}
