import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "./open-api-document.ts";

const committed = new URL("../../../../docs/api/openapi.json", import.meta.url);

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
}

describe("docs/api/openapi.json", () => {
  it("is what the routes say; otherwise run npm run generate", async () => {
    expect(await readFile(committed, "utf8")).toBe(await openApiDocument());
  });

  it("describes every operation, with answers and refusals, by references that exist", async () => {
    const text = await openApiDocument();
    const document = JSON.parse(text);
    const paths = Object.keys(document.paths);
    expect(paths).toEqual([
      "/v1/videos",
      "/v1/videos/{id}",
      "/v1/videos/{id}/cancel",
      "/v1/videos/{id}/events",
      "/v1/videos/{id}/content",
      "/v1/videos/edits",
      "/v1/videos/extensions",
      "/v1/videos/{id}/remix",
      "/v1/images/generations",
      "/v1/images/edits",
      "/v1/images/{id}/content",
      "/v1/images/{id}",
      "/v1/models",
      "/v1/models/{id}",
      "/livez",
      "/readyz",
      "/metrics",
      "/openapi.json",
    ]);
    for (const [path, item] of Object.entries<Record<string, Operation>>(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        expect([path, method, operation.operationId, operation.summary].every(Boolean)).toBe(true);
        expect(Object.keys(operation.responses ?? {})).toContain("200");
        expect(Object.keys(operation.responses ?? {}).includes("401")).toBe(path.startsWith("/v1/"));
        for (const answer of Object.values(operation.responses ?? {}))
          expect(answer.description).toBeTruthy();
      }
    }
    for (const [, name] of text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    expect(text).toContain('"$ref": "#/components/schemas/Video"');
  });
});
