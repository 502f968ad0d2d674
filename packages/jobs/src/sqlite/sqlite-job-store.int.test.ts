import { join } from "node:path";
import { temporaryFolder } from "@kinora/testing";
import { describe, onTestFinished } from "vitest";
import { describeRecords } from "../conformance/records-suite.ts";
import type { StoreAddress } from "../conformance/world.ts";

async function makeStore(): Promise<StoreAddress> {
  const folder = await temporaryFolder("jobs");
  onTestFinished(folder.remove);
  return { sqlitePath: join(folder.path, "data", "jobs.sqlite") };
}

describe("SQLite job store", () => {
  describeRecords(makeStore);
});
