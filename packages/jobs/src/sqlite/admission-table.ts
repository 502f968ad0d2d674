import type { DatabaseSync } from "node:sqlite";
import type { NewJob } from "../job-store.ts";
import { fairTags } from "../machine/fair-queue.ts";
import type { FairTags } from "../machine/stored-job.ts";

/** Statements on what decides whether and where a new job enters the queue. */
export interface AdmissionTable {
  /** Live entry of an idempotency key. */
  known(tenant: string, key: string, nowMs: number): { id: string; fingerprint: string } | undefined;
  remember(job: NewJob, nowMs: number): void;
  /** Draws a new job's tags and moves its tenant's finish. */
  drawTags(job: NewJob): FairTags;
  /** A job of these tags begins: the virtual time is its start. */
  advance(tags: FairTags): void;
  /** Once nothing is queued or running, virtual time begins anew. */
  restartWhenIdle(): void;
}

/** Prepares the statements. */
export function createAdmissionTable(db: DatabaseSync): AdmissionTable {
  const known = db.prepare(
    "SELECT id, fingerprint FROM idempotency WHERE tenant = ? AND key = ? AND expires_at_ms > ?",
  );
  const remember = db.prepare("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)");
  const forget = db.prepare("DELETE FROM idempotency WHERE expires_at_ms <= ?");
  const virtualTime = db.prepare("SELECT virtual_time FROM fairness");
  const tenantFinish = db.prepare("SELECT finish_tag FROM tenants WHERE tenant = ?");
  const setFinish = db.prepare("INSERT OR REPLACE INTO tenants VALUES (?, ?)");
  const advance = db.prepare("UPDATE fairness SET virtual_time = max(virtual_time, ?)");
  const unfinished = db.prepare("SELECT 1 FROM jobs WHERE state IN ('queued', 'in_progress') LIMIT 1");
  const restart = [
    db.prepare("DELETE FROM tenants"),
    db.prepare("UPDATE fairness SET virtual_time = 0 WHERE virtual_time > 0"),
  ];
  return {
    known: (tenant, key, nowMs) => {
      const row = known.get(tenant, key, nowMs);
      return row && { id: String(row["id"]), fingerprint: String(row["fingerprint"]) };
    },
    remember: ({ tenant, id, idempotency }, nowMs) => {
      forget.run(nowMs);
      if (idempotency === undefined) return;
      const { key, fingerprint, ttlMs } = idempotency;
      remember.run(tenant, key, fingerprint, id, nowMs + ttlMs);
    },
    drawTags: (job) => {
      const before = tenantFinish.get(job.tenant)?.["finish_tag"];
      const now = Number(virtualTime.get()?.["virtual_time"]);
      const tags = fairTags(now, before === undefined ? undefined : Number(before), job);
      setFinish.run(job.tenant, tags.finish);
      return tags;
    },
    advance: (tags) => void advance.run(tags.start),
    restartWhenIdle: () => {
      if (unfinished.get() === undefined) for (const statement of restart) statement.run();
    },
  };
}
