import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ERROR_TABLE } from "@kinora/errors";
import { INSTALL_VERSITYGW } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { renderErrorPage } from "../../scripts/error-page.ts";
import { VERSITYGW_MODULE } from "../../scripts/provision.ts";
import { renderReadme } from "../../scripts/readme-tables.ts";
import { listVariables } from "../../scripts/service-configs.ts";
import { ROOT } from "../../scripts/step.ts";

const read = (path: string) => readFile(join(ROOT, path), "utf8");
const firstCells = (text: string) => [...text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);

describe("docs/errors.md", () => {
  it("has a row for every code and no other", async () => {
    expect(firstCells(await read("docs/errors.md")).toSorted()).toEqual(Object.keys(ERROR_TABLE).toSorted());
  });

  it("is what the table gives", async () => {
    expect(await read("docs/errors.md")).toBe(renderErrorPage());
  });

  it("never answers a caller's mistake with a status that SDKs retry", () => {
    const retried = Object.entries(ERROR_TABLE).filter(
      ([, { blame, http }]) => blame === "caller" && (http === 408 || http === 409 || http >= 500),
    );
    expect(retried).toEqual([]);
  });
});

describe("README.md", () => {
  it("has a row for every variable of every schema and no other", async () => {
    const names = listVariables().map(({ env }) => env);
    expect(firstCells(await read("README.md")).toSorted()).toEqual(names.toSorted());
  });

  it("is what the schemas give", async () => {
    const readme = await read("README.md");
    expect(readme).toBe(renderReadme(readme));
  });

  it("cannot be rendered without its markers", () => {
    expect(() => renderReadme("# Kinora\n")).toThrow("must hold");
  });

  it("links to pages that exist", async () => {
    const links = [...(await read("README.md")).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });

  it("names only npm scripts that exist", async () => {
    const { scripts } = JSON.parse(await read("package.json")) as { scripts: Record<string, string> };
    const text = (await read("README.md")) + (await read("CONTRIBUTING.md"));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("provisioning", () => {
  it("builds the S3 server that the tests ask for", () => {
    expect(INSTALL_VERSITYGW).toBe(`go install ${VERSITYGW_MODULE}`);
  });
});
