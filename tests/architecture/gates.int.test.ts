import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { findStaleFiles } from "../../scripts/generated-files.ts";
import { plantTree, TSCONFIG } from "./planted-tree.ts";

// Each gate of `npm run check` that is not lint, with a planted fault that must close it.

const MANIFEST = (fields: object) => JSON.stringify({ name: "@kinora/jobs", type: "module", ...fields });

describe("types", () => {
  it("a file of another project may not be imported by a relative path", async () => {
    await using tree = await plantTree({
      "services/t2i/tsconfig.json": TSCONFIG,
      "services/t2i/src/config.ts": "export const port = 1;\n",
      "services/gateway/tsconfig.json": TSCONFIG,
      "services/gateway/src/app.ts": `export { port } from "../../t2i/src/config.ts";\n`,
    });
    const { exitCode, output } = await tree.run("tsc", "-b", "services/gateway");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/TS6059|TS6307/);
  });

  it("a type error fails the build", async () => {
    await using tree = await plantTree({
      "packages/jobs/tsconfig.json": TSCONFIG,
      "packages/jobs/src/index.ts": `export const port: number = "80";\n`,
    });
    expect((await tree.run("tsc", "-b", "packages/jobs")).output).toContain("TS2322");
  });
});

describe("format", () => {
  it("an unformatted file is refused", async () => {
    await using tree = await plantTree({ "packages/jobs/src/index.ts": "export const a  =  1\n" });
    expect((await tree.run("biome", "ci", "--colors=off", "packages")).exitCode).not.toBe(0);
  });

  it("a formatted one is accepted", async () => {
    await using tree = await plantTree({ "packages/jobs/src/index.ts": "export const a = 1;\n" });
    expect(await tree.run("biome", "ci", "--colors=off", "packages")).toMatchObject({ exitCode: 0 });
  });

  it("an import of a package that the manifest does not name is refused, although npm hoists it", async () => {
    await using tree = await plantTree({
      "packages/jobs/package.json": `${MANIFEST({ dependencies: {} })}\n`,
      "packages/jobs/src/index.ts": `import "pino";\n`,
    });
    const { exitCode, output } = await tree.run("biome", "ci", "--colors=off", "packages/jobs/src");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("noUndeclaredDependencies");
  });
});

describe("unused code and dependencies", () => {
  it("an unused file, an unused dependency and an unlisted one are refused", async () => {
    await using tree = await plantTree({
      "packages/jobs/package.json": MANIFEST({ exports: "./src/index.ts", dependencies: { pino: "*" } }),
      "packages/jobs/src/index.ts": `import "bullmq";\nexport const a = 1;\n`,
      "packages/jobs/src/orphan.ts": "export const b = 2;\n",
    });
    const { exitCode, output } = await tree.run("knip", "--strict", "--workspace", "packages/jobs");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/orphan\.ts/);
    expect(output).toMatch(/pino/);
    expect(output).toMatch(/bullmq/);
  });
});

describe("proto", () => {
  const service = (body: string) => `syntax = "proto3";\n\npackage kinora.bad.v1;\n\n${body}\n`;

  it("a message without a comment is refused", async () => {
    await using tree = await plantTree({
      "proto/kinora/bad/v1/bad.proto": service("message Bad {\n  string id = 1;\n}"),
    });
    const { exitCode, output } = await tree.run("buf", "lint");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("Bad");
  });

  it("an unformatted file is refused", async () => {
    await using tree = await plantTree({
      "proto/kinora/bad/v1/bad.proto": service("// Good.\nmessage Bad {string id=1;}"),
    });
    expect((await tree.run("buf", "format", "--diff", "--exit-code")).exitCode).not.toBe(0);
  });
});

describe("generated files", () => {
  it("names what differs, what is missing and what no proto gives", async () => {
    await using folder = await temporaryFolder("stale");
    const gen = "packages/contracts/src/gen";
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), text);
    };
    await write("docs/errors.md", "old\n");
    await write("README.md", "same\n");
    await write(`${gen}/orphan_pb.ts`, "");
    const rendered = new Map([
      ["docs/errors.md", "new\n"],
      ["README.md", "same\n"],
      [`${gen}/video_pb.ts`, ""],
    ]);
    expect(await findStaleFiles(folder.path, rendered)).toEqual([
      "docs/errors.md",
      `${gen}/video_pb.ts`,
      `${gen}/orphan_pb.ts`,
    ]);
  });
});
