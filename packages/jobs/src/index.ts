export { type CreateJobStoreOptions, createJobStore } from "./create-job-store.ts";
export type { Clock, JobLogger } from "./job-backend.ts";
export * from "./job-store.ts";
export { jobErrorOf } from "./machine/job-error.ts";
export { createRedisJobStore, type RedisJobStoreOptions } from "./redis/create-redis-job-store.ts";
export { createSqliteJobStore, type SqliteJobStoreOptions } from "./sqlite/create-sqlite-job-store.ts";
