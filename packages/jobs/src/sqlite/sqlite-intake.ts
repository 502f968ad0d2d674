import type { Intake, IntakeOptions, JobLogger } from "../job-backend.ts";
import type { StoredJob } from "../machine/stored-job.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** Nothing revokes a SQLite lease but time, which its heartbeat notices. */
const NEVER_REVOKED = new AbortController().signal;

/** Takes jobs whenever a place is free: at each change and each poll. */
export function startSqliteIntake(
  options: IntakeOptions,
  deps: { take: () => StoredJob | undefined; feed: ChangeFeed; logger: JobLogger },
): Intake {
  const running = new Set<Promise<void>>();
  let stopped = false;
  let failing = false;

  const takeOne = (): StoredJob | undefined => {
    try {
      const job = deps.take();
      failing = false;
      return job;
    } catch (error) {
      if (!failing) deps.logger.warn({ err: error }, "cannot take jobs");
      failing = true;
      return undefined;
    }
  };
  const fill = (): void => {
    while (!stopped && running.size < options.concurrency) {
      const job = takeOne();
      if (job === undefined) return;
      const run = options.handle({ job, revoked: NEVER_REVOKED }).finally(() => {
        running.delete(run);
        fill();
      });
      running.add(run);
    }
  };
  const forget = deps.feed.onTick(fill);
  setImmediate(fill);
  return {
    stop: async () => {
      stopped = true;
      forget();
      await Promise.all(running);
    },
  };
}
