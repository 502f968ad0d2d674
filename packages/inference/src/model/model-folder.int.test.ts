import { createHash } from "node:crypto";
import { cp, link, mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fixturePath, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { graphFixture } from "../testing/test-engine.ts";
import { openModelFolder } from "./model-folder.ts";

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

let models: TemporaryFolder;
beforeEach(async () => {
  models = await temporaryFolder("models");
  const graph = await readFile(graphFixture("external/model.onnx"));
  const weights = await readFile(graphFixture("external/weights.data"));
  await writeModel({
    "model_index.json": '{"_class_name": "Test"}',
    "kinora.json": '{"fps": 16}',
    "scheduler/scheduler_config.json": '{"shift": 3.0, "lambda_min_clipped": -Infinity}',
    "unet/config.json": '{"channels": 3}',
    "unet/model.onnx": graph,
    "unet/weights.data": weights,
  });
});
afterEach(() => models.remove());

const at = (rel: string): string => join(models.path, "m", rel);
const open = (options = {}) => openModelFolder(models.path, "m", options);

/** Writes a folder with its manifest, as training/export/manifest.py does. */
async function writeModel(files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [rel, bytes] of Object.entries(files)) {
    await mkdir(dirname(at(rel)), { recursive: true });
    await writeFile(at(rel), bytes);
  }
  await writeManifest(Object.keys(files));
}

async function writeManifest(
  rels: string[],
  change = (manifest: unknown): unknown => manifest,
): Promise<void> {
  const files: Record<string, { sha256: string; bytes: number }> = {};
  for (const rel of rels) {
    const bytes = await readFile(at(rel));
    files[rel] = { sha256: sha256(bytes), bytes: bytes.length };
  }
  const lines = Object.entries(files).map(([rel, entry]) => `${rel} ${entry.sha256}\n`);
  const manifest = change({ files, digest: sha256(lines.toSorted().join("")) });
  await writeFile(at("manifest.json"), JSON.stringify(manifest));
}

const ALL = [
  "model_index.json",
  "kinora.json",
  "scheduler/scheduler_config.json",
  "unet/config.json",
  "unet/model.onnx",
  "unet/weights.data",
];

/** Changes bytes of the graph in place (same length), and signs the result: only the graph check can refuse it. */
async function patchGraph(from: string, to: string): Promise<void> {
  const bytes = await readFile(at("unet/model.onnx"), "latin1");
  expect(bytes).toContain(from);
  expect(to).toHaveLength(from.length);
  await writeFile(at("unet/model.onnx"), bytes.replaceAll(from, to), "latin1");
  await writeManifest(ALL);
}

/** What openModelFolder says against the folder; fails if it opens, or for another reason. */
async function refusal(options = {}): Promise<string> {
  const error = await open(options).then(
    () => new Error("It was opened."),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: "model_invalid", fields: { model: "m" } });
  return (error as Error).message;
}

describe("openModelFolder", () => {
  it("opens a folder that is what its manifest says", async () => {
    const folder = await open();
    expect(folder).toMatchObject({ name: "m", index: { _class_name: "Test" }, card: { fps: 16 } });
    expect(folder.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(folder.graph("unet")).toBe(at("unet/model.onnx"));
    expect(folder.file("unet/weights.data")).toBe(at("unet/weights.data"));
    expect(await folder.config("unet")).toEqual({ channels: 3 });
    expect(await folder.config("scheduler")).toEqual({ shift: 3, lambda_min_clipped: -Infinity });
    expect(await folder.readJson("unet/config.json")).toEqual({ channels: 3 });
    expect([folder.has("unet/model.onnx"), folder.has("vae/model.onnx")]).toEqual([true, false]);
    expect(() => folder.graph("vae")).toThrow(/no file vae\/model\.onnx/);
    expect(() => folder.file("../m/kinora.json")).toThrow(/no file/);
    await expect(folder.config("vae")).rejects.toMatchObject({ code: "model_invalid" });
  });

  it("has the digest that the training code writes", async () => {
    const manifest = JSON.parse(await readFile(fixturePath("models/tiny/manifest.json"), "utf8"));
    const folder = await openModelFolder(fixturePath("models"), "tiny");
    expect(folder.digest).toBe(manifest.digest);
    expect(folder.index).toMatchObject({ _class_name: "KinoraVideoPipeline" });
  });

  it("refuses a corrupt file, even of the same size and once it was good", async () => {
    await open();
    const bytes = await readFile(at("unet/weights.data"));
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await writeFile(at("unet/weights.data"), bytes);
    expect(await refusal()).toMatch(/unet\/weights\.data has sha256 [0-9a-f]{64}; manifest\.json says/);
  });

  it("refuses a truncated file", async () => {
    await truncate(at("unet/model.onnx"), 100);
    expect(await refusal()).toMatch(/unet\/model\.onnx has 100 bytes; manifest\.json says 147/);
  });

  it("refuses a missing file and one too many", async () => {
    await writeFile(at("unet/extra.bin"), "x");
    expect(await refusal()).toMatch(/unet\/extra\.bin is not listed/);
    await rm(at("unet/extra.bin"));
    await rm(at("unet/config.json"));
    expect(await refusal()).toMatch(/unet\/config\.json is missing/);
  });

  it("refuses a wrong digest of the whole", async () => {
    await writeManifest(ALL, (manifest) => ({ ...(manifest as object), digest: "0".repeat(64) }));
    expect(await refusal()).toMatch(/manifest\.json has digest 0{64}; its own files give/);
  });

  it.each(["../secret", "/etc/passwd", "unet/../../x", "unet\\model.onnx", "./kinora.json", "C:/x", ""])(
    "refuses a manifest that names %j",
    async (rel) => {
      await writeManifest(ALL, (manifest) => {
        const { files, digest } = manifest as { files: Record<string, unknown>; digest: string };
        return { files: { ...files, [rel]: files["kinora.json"] }, digest };
      });
      expect(await refusal()).toMatch(/not a path inside the folder/);
    },
  );

  it.each([
    ["{", /manifest\.json is not JSON/],
    ["[]", /must have an object "files"/],
    ['{"files": {}}', /must have a "digest"/],
    [
      `{"files": {"x": {"sha256": "1"}}, "digest": "${"0".repeat(64)}"}`,
      /must give x a "sha256" and its "bytes"/,
    ],
  ])("refuses the manifest %s", async (text, message) => {
    await writeFile(at("manifest.json"), text);
    expect(await refusal()).toMatch(message);
  });

  it("refuses symbolic links", async () => {
    const outside = join(models.path, "outside.data");
    await cp(at("unet/weights.data"), outside);
    await rm(at("unet/weights.data"));
    await symlink(outside, at("unet/weights.data"));
    expect(await refusal()).toMatch(/unet\/weights\.data is a symbolic link/);
    await rm(at("unet/weights.data"));
    await symlink(models.path, at("unet/weights.data"));
    expect(await refusal()).toMatch(/unet\/weights\.data is a symbolic link/);
  });

  it("refuses weights with a second name outside", async () => {
    await link(at("unet/weights.data"), join(models.path, "second.data"));
    expect(await refusal()).toMatch(/unet\/weights\.data has 2 names/);
  });

  it.each([
    ["../x/y/z.dat", /unet\/model\.onnx keeps weights in "\.\.\/x\/y\/z\.dat", which is not a path inside/],
    ["/etc/passwdx", /keeps weights in "\/etc\/passwdx"/],
    ["..\\..\\ab.dat", /keeps weights in/],
    ["missing.data", /unet\/missing\.data is missing; unet\/model\.onnx keeps weights in it/],
  ])("refuses a graph whose weights are in %s", async (location, message) => {
    await patchGraph("weights.data", location);
    expect(await refusal()).toMatch(message);
  });

  it("refuses a graph whose weights reach past their file", async () => {
    await truncate(at("unet/weights.data"), 60);
    await writeManifest(ALL);
    expect(await refusal()).toMatch(
      /unet\/weights\.data has 60 bytes; unet\/model\.onnx keeps weights up to byte 64/,
    );
  });

  it("refuses a graph that was cut short before it was signed, at any byte", async () => {
    const whole = await readFile(at("unet/model.onnx"));
    for (const size of [0, 1, 3, 10, 60, 100, 140, 143]) {
      await writeFile(at("unet/model.onnx"), whole.subarray(0, size));
      await writeManifest(ALL);
      expect(await refusal()).toMatch(/unet\/model\.onnx is not a whole ONNX graph/);
    }
  });

  it.each(["..", ".", "a/b", "a\\b", "", ".hidden", "/etc", "m\0"])("refuses the name %j", async (name) => {
    const opened = openModelFolder(models.path, name);
    await expect(opened).rejects.toMatchObject({ code: "model_invalid" });
    await expect(opened).rejects.toThrow(/one folder name/);
  });

  it("refuses a folder that is not there", async () => {
    await expect(openModelFolder(models.path, "nothing")).rejects.toThrow(
      /Model nothing: there is no folder/,
    );
  });

  it("opens a foreign folder without a manifest only when told to", async () => {
    const { digest } = await open();
    await rm(at("manifest.json"));
    expect(await refusal()).toMatch(/manifest\.json is missing/);
    await mkdir(at(".cache"));
    await writeFile(at(".cache/download.lock"), "");
    expect((await open({ allowUnverified: true })).digest).toBe(digest);
    await patchGraphUnsigned("weights.data", "/etc/passwdx");
    expect(await refusal({ allowUnverified: true })).toMatch(/keeps weights in "\/etc\/passwdx"/);
  });
});

async function patchGraphUnsigned(from: string, to: string): Promise<void> {
  const bytes = await readFile(at("unet/model.onnx"), "latin1");
  await writeFile(at("unet/model.onnx"), bytes.replaceAll(from, to), "latin1");
}
