import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fixturePath, temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { createModelCatalog } from "./model-catalog.ts";

/** A models folder with the descriptions of the tiny model under `names`, without its graphs. */
async function modelsFolder(...names: string[]) {
  const folder = await temporaryFolder("models");
  const filter = (path: string) => !/onnx|config/.test(path);
  for (const name of names) {
    await cp(fixturePath("models/tiny"), join(folder.path, name), { recursive: true, filter });
  }
  return folder;
}

describe("createModelCatalog", () => {
  it("reads every folder with a kinora.json and resolves names and aliases", async () => {
    await using folder = await modelsFolder("a", "b");
    await writeFile(join(folder.path, "README.md"), "no model");
    const models = await createModelCatalog({
      modelsDir: folder.path,
      aliases: { "sora-2": "b", "sora-2-pro": "b" },
      defaultModel: "a",
    });
    expect(models.list().map(({ name }) => name)).toEqual(["a", "b"]);
    expect(models.resolve("sora-2")).toBe(models.resolve("b"));
    expect(models.resolve("b")).toMatchObject({
      aliases: ["sora-2", "sora-2-pro"],
      width: 512,
      height: 512,
      fps: 16,
      numFrames: 65,
      seconds: "4",
      keyframeCount: 16,
      languages: ["en", "it"],
    });
    for (const name of ["c", "", "constructor", "__proto__", "../a"]) {
      expect(() => models.resolve(name)).toThrow(/There is no model .*Models here: a, b\./);
    }
  });

  it("refuses to start without its default, with an alias to nothing, or with a broken folder", async () => {
    await using folder = await modelsFolder("a");
    const open = (options: object) =>
      createModelCatalog({ modelsDir: folder.path, aliases: {}, defaultModel: "a", ...options });
    await expect(open({ defaultModel: "x" })).rejects.toThrow(/default model is x, but .* \(it has a\)/);
    await expect(open({ aliases: { y: "x" } })).rejects.toThrow(/alias y stands for x/);
    await expect(open({ modelsDir: `${folder.path}/none` })).rejects.toMatchObject({
      code: "config_invalid",
    });
    const broken = async (file: string, text: string, says: RegExp) => {
      await writeFile(join(folder.path, "a", file), text);
      await expect(open({})).rejects.toThrow(says);
      await expect(open({})).rejects.toMatchObject({ code: "model_invalid" });
      await cp(join(fixturePath("models/tiny"), file), join(folder.path, "a", file));
    };
    await broken("kinora.json", "{", /kinora.json cannot be read as JSON/);
    await broken("kinora.json", "{}", /Model a: kinora.json: /);
    await broken("manifest.json", "{}", /manifest.json has no digest/);
    await broken("tokenizer/tokenizer.json", "{}", /tokenizer.json has no model.vocab/);
    await rm(join(folder.path, "a", "manifest.json"));
    await expect(open({})).rejects.toMatchObject({ code: "model_invalid" });
  });
});
