/** Names of everything one store keeps in Redis; the braces keep them in one cluster slot. */
export interface RedisKeys {
  /** What BullMQ's own names begin with. */
  readonly bull: string;
  /** Hash: data (JSON), version, state, start and finish tag. */
  job(id: string): string;
  /** Sorted set by creation time: a tenant's jobs. */
  tenant(tenant: string): string;
  /** String: when a deleted job was created, as long as pages may begin after it. */
  gone(tenant: string, id: string): string;
  /** String: id and fingerprint of an idempotency key. */
  idempotency(tenant: string, key: string): string;
  /** Sorted sets by creation time: jobs in these states. */
  readonly queued: string;
  readonly running: string;
  /** Set: ids of all jobs. */
  readonly ids: string;
  /** Hash: queued and running jobs by tenant. */
  readonly unfinished: string;
  /** String: virtual time; hash: finish tag of each tenant's latest job. */
  readonly virtualTime: string;
  readonly finishTags: string;
  /** Sorted set by creation time: created jobs not yet known to be in BullMQ. */
  readonly outbox: string;
  /** Held by the process that repairs the queue now. */
  readonly repairTurn: string;
  /** Channel: ids of jobs that changed. */
  readonly changes: string;
}

/** The key names under `prefix`. */
export function createRedisKeys(prefix: string): RedisKeys {
  const root = `{${prefix}}`;
  return {
    bull: `${root}:bull`,
    job: (id) => `${root}:job:${id}`,
    tenant: (tenant) => `${root}:tenant:${tenant}`,
    gone: (tenant, id) => `${root}:gone:${encodeURIComponent(tenant)}:${id}`,
    idempotency: (tenant, key) => `${root}:idempotency:${encodeURIComponent(tenant)}:${key}`,
    queued: `${root}:queued`,
    running: `${root}:running`,
    ids: `${root}:ids`,
    unfinished: `${root}:unfinished`,
    virtualTime: `${root}:virtual-time`,
    finishTags: `${root}:finish-tags`,
    outbox: `${root}:outbox`,
    repairTurn: `${root}:repair-turn`,
    changes: `${root}:changes`,
  };
}
