import { randomUUID } from "node:crypto";
import { type RedisServer, startRedis } from "@kinora/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { describeRecords } from "../conformance/records-suite.ts";
import type { StoreAddress } from "../conformance/world.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

async function makeStore(): Promise<StoreAddress> {
  return { redisUrl: redis.url, redisPrefix: `test-${randomUUID()}`, sqlitePath: "unused" };
}

describe("Redis job store", () => {
  describeRecords(makeStore);
});
