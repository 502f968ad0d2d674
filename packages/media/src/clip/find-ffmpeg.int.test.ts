import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnNode, temporaryFolder } from "@kinora/testing";
import { expect, test } from "vitest";
import { findFfmpeg } from "./find-ffmpeg.ts";
import { npmFfmpeg } from "./npm-ffmpeg.ts";

const module = fileURLToPath(new URL("./find-ffmpeg.ts", import.meta.url));

/** What findFfmpeg finds in a process with this PATH. */
async function findWith(path: string, configured?: string): Promise<unknown> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "find.ts");
  await writeFile(
    file,
    `import { findFfmpeg } from ${JSON.stringify(module)};
     findFfmpeg({ configured: ${JSON.stringify(configured)} }).then(
       (found) => process.send?.(found), (error) => process.send?.({ code: error.code, message: error.message }));`,
  );
  await using node = spawnNode(file, { env: { PATH: path } });
  return await node.message();
}

test("prefers the configured path, then PATH, then the npm package", async () => {
  const npm = await npmFfmpeg();
  const onPath = await findFfmpeg();
  expect(onPath).toMatchObject({ path: "ffmpeg", source: "path", canReadUploads: true });
  expect(await findFfmpeg({ configured: npm.path })).toMatchObject({ path: npm.path, source: "env" });
  expect(await findWith("/nowhere")).toEqual(npm);
  expect(npm).toMatchObject({ source: "npm", canReadUploads: false });
});

test("a configured path that does not work is an error that names it", async () => {
  await expect(findFfmpeg({ configured: "/nowhere/ffmpeg" })).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining("KINORA_FFMPEG=/nowhere/ffmpeg"),
  });
  await expect(findFfmpeg({ configured: "/bin/true" })).rejects.toThrow("no libx264");
});

test("an ffmpeg on PATH without libx264 is passed over", async () => {
  await using folder = await temporaryFolder();
  const bin = join(folder.path, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "ffmpeg"), "#!/bin/sh\necho 'ffmpeg version 7'\n");
  await chmod(join(bin, "ffmpeg"), 0o755);
  expect(await findWith(bin)).toMatchObject({ source: "npm" });
});
