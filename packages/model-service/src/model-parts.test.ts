import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { modelParts } from "./model-parts.ts";
import { writeModel } from "./testing/craft-model.ts";

let models: TemporaryFolder;
beforeEach(async () => {
  models = await temporaryFolder("parts");
});
afterEach(() => models.remove());

async function partsOf(card: object | string): Promise<string[]> {
  await writeModel(models.path, "m", { "kinora.json": card });
  return modelParts(models.path, "m");
}

it("are the folders that kinora.json composes, each once", async () => {
  expect(await partsOf({ compose: { keyframe: "sd", motion: "svd" } })).toEqual(["sd", "svd"]);
  expect(await partsOf({ compose: { keyframe: "pocket", motion: "pocket" } })).toEqual(["pocket"]);
});

it("are the folder itself where nothing is composed", async () => {
  expect(await partsOf({ fps: 16 })).toEqual(["m"]);
  expect(await partsOf("not JSON")).toEqual(["m"]);
  expect(await modelParts(models.path, "absent")).toEqual(["absent"]);
});
