import { createBackendStore } from "../backend-store.ts";
import type { Clock, JobLogger } from "../job-backend.ts";
import type { JobStore } from "../job-store.ts";
import { createSqliteBackend } from "./sqlite-backend.ts";
import { withSqliteErrors } from "./sqlite-error.ts";
import { openJobsDatabase } from "./sqlite-schema.ts";

/** Settings of the embedded store. */
export interface SqliteJobStoreOptions {
  /** The database file; its folder is made if missing. */
  readonly path: string;
  readonly logger: JobLogger;
  /** A lease without a heartbeat ends after this time (5000). */
  readonly leaseMs?: number;
  readonly clock?: Clock;
}

/**
 * Jobs in one SQLite file: the embedded default. Several processes of one machine may share the
 * file; one that is stopped (not killed) in the middle of a write blocks the others until it goes on. Throws AppError `unavailable` when it cannot be opened.
 */
export function createSqliteJobStore(options: SqliteJobStoreOptions): JobStore {
  const { path, logger, leaseMs = 5000, clock = Date.now } = options;
  const db = withSqliteErrors(() => openJobsDatabase(path));
  return createBackendStore(createSqliteBackend(db, { clock, leaseMs, logger }), logger);
}
