import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSessionMemory } from "./session-memory.ts";

let graphs: TemporaryFolder;
beforeEach(async () => {
  graphs = await temporaryFolder("memory");
});
afterEach(() => graphs.remove());

/** A component's folder of 100 bytes: a graph and its external weights. */
async function component(name: string): Promise<string> {
  const folder = join(graphs.path, name);
  await mkdir(folder);
  await writeFile(join(folder, "model.onnx"), new Uint8Array(40));
  await writeFile(join(folder, "model.onnx_data"), new Uint8Array(60));
  return join(folder, "model.onnx");
}

it("releases what was not used longest, no more than needed", async () => {
  const memory = createSessionMemory(300);
  const loaded = new Set<number>();
  for (const id of [1, 2, 3]) {
    expect(await memory.makeRoom(id, await component(`c${id}`), loaded)).toEqual([]);
    memory.touch(id);
    loaded.add(id);
  }
  memory.touch(1);
  expect(await memory.makeRoom(4, await component("c4"), loaded)).toEqual([2]);
});

it("releases everything for a graph that is larger than the limit", async () => {
  const memory = createSessionMemory(150);
  await memory.makeRoom(1, await component("c1"), new Set());
  memory.touch(1);
  await writeFile(join(graphs.path, "c1", "more"), new Uint8Array(200));
  expect(await memory.makeRoom(2, await component("c2"), new Set([1]))).toEqual([1]);
});

it("does not count what a dead child had loaded", async () => {
  const memory = createSessionMemory(150);
  await memory.makeRoom(1, await component("c1"), new Set());
  memory.touch(1);
  expect(await memory.makeRoom(2, await component("c2"), new Set())).toEqual([]);
});

it("releases nothing without a limit", async () => {
  const memory = createSessionMemory(undefined);
  await memory.makeRoom(1, await component("c1"), new Set());
  memory.touch(1);
  expect(await memory.makeRoom(2, await component("c2"), new Set([1]))).toEqual([]);
});
