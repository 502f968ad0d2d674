import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { makeSqliteWorld, newJob, silentLogger } from "../conformance/world.conformance.ts";
import { createSqliteJobStore } from "./create-sqlite-job-store.ts";

describe("SQLite faults", () => {
  it("opens one new file from several processes at once", async () => {
    await using world = await makeSqliteWorld();
    const jobs = Array.from({ length: 4 }, () => newJob());
    const exits = jobs.map((create) => world.spawn({ create }).exit());
    for (const exit of exits) expect(await exit).toMatchObject({ signal: "SIGKILL" });
    const store = world.open();
    for (const job of jobs) expect(await store.get("ada", job.id)).toMatchObject({ state: "queued" });
  });

  it("answers unavailable while another process holds the file, and works afterwards", async () => {
    await using world = await makeSqliteWorld();
    const store = world.open();
    const other = new DatabaseSync(world.address.sqlitePath);
    other.exec("BEGIN IMMEDIATE");
    await expect(store.create(newJob())).rejects.toMatchObject({ code: "unavailable" });
    expect(await store.get("ada", "x")).toBeUndefined();
    other.exec("ROLLBACK");
    other.close();
    expect((await store.create(newJob())).created).toBe(true);
  });

  it("says what is wrong with a file that cannot be opened or is none of ours", async () => {
    await using folder = await temporaryFolder("jobs");
    const open = (path: string) => () => createSqliteJobStore({ path, logger: silentLogger });
    expect(open(folder.path)).toThrow(expect.objectContaining({ code: "unavailable" }));
    const garbage = join(folder.path, "garbage.sqlite");
    await writeFile(garbage, "not a database, but long enough to be looked at as one".repeat(100));
    expect(open(garbage)).toThrow(expect.objectContaining({ code: "unavailable" }));
    const newer = join(folder.path, "newer.sqlite");
    const db = new DatabaseSync(newer);
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(open(newer)).toThrow("written by a newer Kinora");
  });

  it("syncs every commit to a write-ahead log", async () => {
    await using world = await makeSqliteWorld();
    world.open();
    const db = new DatabaseSync(world.address.sqlitePath);
    expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    db.close();
  });
});
