import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine, EngineSession } from "./engine.ts";
import { addFeeds, graphFixture, roundsFor, spinFeeds, testEngine } from "./testing/test-engine.ts";

let graphs: TemporaryFolder;
beforeEach(async () => {
  graphs = await temporaryFolder("memory");
});
afterEach(() => graphs.remove());

/** A graph in a folder of its own, as components are. */
async function copyGraph(name: string, fixture = "add.onnx"): Promise<string> {
  const path = join(graphs.path, name, "model.onnx");
  await mkdir(join(graphs.path, name));
  await copyFile(graphFixture(fixture), path);
  return path;
}

async function sum(engine: Engine, session: EngineSession): Promise<number[]> {
  const { sum: tensor } = await engine.run(session, addFeeds(1, 2));
  return Array.from(tensor?.data as Float32Array);
}

describe("with room for one graph", () => {
  it("a session is released for another one, and loaded again by its next run", async () => {
    await using engine = testEngine({ memoryBytes: 1 });
    const [firstPath, secondPath] = [await copyGraph("first"), await copyGraph("second")];
    const first = await engine.load(firstPath);
    const second = await engine.load(secondPath);
    expect(await sum(engine, first)).toEqual([2, 4]);
    // The first one is in memory now, so that its file is not needed; the second one's is.
    await Promise.all([firstPath, secondPath].map((path) => rm(path)));
    expect(await sum(engine, first)).toEqual([2, 4]);
    await expect(sum(engine, second)).rejects.toMatchObject({ code: "model_invalid" });
    expect(engine.crashes).toBe(0);
  });

  it("sessions that are used at the same time all give their results", async () => {
    await using engine = testEngine({ memoryBytes: 1 });
    const spin = await engine.load(await copyGraph("spin", "spin.onnx"));
    const rounds = await roundsFor(engine, spin, 300);
    const add = await engine.load(await copyGraph("add"));
    const runs = [engine.run(spin, spinFeeds(rounds)), sum(engine, add), engine.run(spin, spinFeeds(rounds))];
    const [, added] = await Promise.all(runs);
    expect(added).toEqual([2, 4]);
    expect(engine.crashes).toBe(0);
  });
});

it("without a limit nothing is released", async () => {
  await using engine = testEngine();
  const paths = [await copyGraph("first"), await copyGraph("second")];
  const sessions = [await engine.load(paths[0] as string), await engine.load(paths[1] as string)];
  await Promise.all(paths.map((path) => rm(path)));
  for (const session of sessions) expect(await sum(engine, session)).toEqual([2, 4]);
});
