import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long a write waits for another process's write. */
const BUSY_TIMEOUT_MS = 2000;
const LOCKED_PAUSE_MS = 10;
const SQLITE_BUSY = 5;
/** Raised when the tables change in a way that older code cannot read. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  lease_until_ms INTEGER NOT NULL,
  start_tag REAL NOT NULL,
  finish_tag REAL NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_tenant ON jobs (tenant, created_at_ms, id);
CREATE INDEX IF NOT EXISTS jobs_queued ON jobs (finish_tag, seq) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS jobs_running ON jobs (lease_until_ms) WHERE state = 'in_progress';
CREATE INDEX IF NOT EXISTS jobs_unfinished ON jobs (tenant) WHERE state IN ('queued', 'in_progress');
CREATE TABLE IF NOT EXISTS tenants (tenant TEXT PRIMARY KEY, finish_tag REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fairness (one INTEGER PRIMARY KEY CHECK (one = 1), virtual_time REAL NOT NULL) STRICT;
INSERT OR IGNORE INTO fairness VALUES (1, 0);
CREATE TABLE IF NOT EXISTS idempotency (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT;
CREATE TABLE IF NOT EXISTS gone (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS gone_by_expiry ON gone (expires_at_ms);
CREATE INDEX IF NOT EXISTS idempotency_by_expiry ON idempotency (expires_at_ms);
`;

/** Opens the jobs database, making folder, file and tables as needed. Every commit is synced to disk. */
export function openJobsDatabase(path: string): DatabaseSync {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    useWriteAheadLog(db);
    db.exec("PRAGMA synchronous = FULL");
    db.exec("BEGIN IMMEDIATE");
    assertReadable(db, path);
    db.exec(SCHEMA);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Two processes that turn one new file into a WAL one stand in each other's way, and there SQLite
 * answers "locked" at once, however long its timeout is.
 */
function useWriteAheadLog(db: DatabaseSync): void {
  const giveUpAt = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isLocked(error) || Date.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCKED_PAUSE_MS);
    }
  }
}

function isLocked(error: unknown): boolean {
  // The lower byte: an extended code says which way a file is busy.
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function assertReadable(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `${path} was written by a newer Kinora (schema ${version}, this one: ${SCHEMA_VERSION}).`,
    );
  }
}
