import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlantedTree, plantTree, TSCONFIG } from "./planted-tree.ts";

// One violation planted per rule, and the rule that must find it. A rule that nothing trips is not a rule.

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `export const v${n} = ${n};`).join("\n");
const CYCLE = (other: string) => `import { ${other} } from "./cycle-${other}.ts";
`;
const RESTRICTED = "no-restricted-imports";

const PLANTS: readonly (readonly [file: string, text: string, rule: string])[] = [
  ["packages/errors/src/own.ts", `import "@kinora/runtime";`, RESTRICTED],
  ["packages/contracts/src/own.ts", `import "@kinora/errors";`, RESTRICTED],
  ["packages/diffusion/src/own.ts", `import "@kinora/errors";`, RESTRICTED],
  ["packages/runtime/src/own.ts", `import "@kinora/storage";`, RESTRICTED],
  ["packages/inference/src/own.ts", `import "@kinora/storage";`, RESTRICTED],
  ["packages/media/src/own.ts", `import "@kinora/inference";`, RESTRICTED],
  ["packages/storage/src/own.ts", `import "@kinora/jobs";`, RESTRICTED],
  ["packages/jobs/src/own.ts", `import "@kinora/storage";`, RESTRICTED],
  ["packages/client/src/own.ts", `import "@kinora/jobs";`, RESTRICTED],
  ["packages/cli/src/own.ts", `import "@kinora/jobs";`, RESTRICTED],
  ["packages/model-service/src/own.ts", `import "@kinora/media";`, RESTRICTED],
  ["services/gateway/src/own.ts", `import "@kinora/t2i";`, RESTRICTED],
  ["services/t2i/src/own.ts", `import "@kinora/i2v";`, RESTRICTED],
  ["services/i2v/src/own.ts", `import "@kinora/media";`, RESTRICTED],
  ["services/edit/src/own.ts", `import "@kinora/gateway";`, RESTRICTED],
  ["services/encoder/src/own.ts", `import "@kinora/jobs";`, RESTRICTED],
  ["services/gateway/src/testing.ts", `import "@kinora/testing";`, RESTRICTED],
  ["services/gateway/src/deep.ts", `import "@kinora/jobs/src/index.ts";`, RESTRICTED],
  ["services/gateway/src/relative.ts", `import "../../t2i/src/config.ts";`, RESTRICTED],
  ["services/t2i/src/onnx.ts", `import "onnxruntime-node";`, RESTRICTED],
  ["services/encoder/src/ffmpeg.ts", `import "fluent-ffmpeg";`, RESTRICTED],
  ["services/encoder/src/sharp.ts", `import "sharp";`, RESTRICTED],
  ["services/gateway/src/bullmq.ts", `import "bullmq";`, RESTRICTED],
  ["services/gateway/src/ioredis.ts", `import "ioredis";`, RESTRICTED],
  ["services/gateway/src/sqlite.ts", `import "node:sqlite";`, RESTRICTED],
  ["services/gateway/src/s3.ts", `import "@aws-sdk/client-s3";`, RESTRICTED],
  ["services/gateway/src/grpc.ts", `import "@grpc/grpc-js";`, RESTRICTED],
  ["services/gateway/src/child.ts", `import "node:child_process";`, RESTRICTED],
  ["packages/cli/src/fastify.ts", `import "fastify";`, RESTRICTED],
  ["packages/cli/src/child-old.ts", `import "child_process";`, RESTRICTED],
  ["packages/jobs/src/env.ts", `export const port = process.env["PORT"];`, "no-process-env"],
  ["packages/jobs/src/exit.ts", `export const stop = () => process.exit(1);`, "no-process-exit"],
  ["packages/jobs/src/console.ts", `export const say = () => console.log("x");`, "no-console"],
  ["packages/jobs/src/default.ts", `export default 1;`, "no-default-export"],
  ["packages/jobs/src/long-file.ts", lines(341), "max-lines"],
  [
    "packages/jobs/src/long-function.ts",
    `export function f() {\n${lines(51).replaceAll("export ", "")}\n}`,
    "max-lines-per-function",
  ],
  [
    "packages/jobs/src/params.ts",
    `export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];`,
    "max-params",
  ],
  ["packages/jobs/src/cycle-a.ts", `${CYCLE("b")}export const a = (): number => b();\n`, "no-cycle"],
  ["packages/jobs/src/cycle-b.ts", `${CYCLE("a")}export const b = (): number => a();\n`, "no-cycle"],
  [
    "packages/jobs/src/any.ts",
    `export const parse = (text: string): string => JSON.parse(text);`,
    "no-unsafe-return",
  ],
  [
    "packages/jobs/src/floating.ts",
    `import { unlink } from "node:fs/promises";\nexport const f = () => { unlink("x"); };`,
    "no-floating-promises",
  ],
  [
    "packages/jobs/src/misused.ts",
    `export const f = () => [1].forEach(async () => { await Promise.resolve(); });`,
    "no-misused-promises",
  ],
  [
    "packages/jobs/src/switch.ts",
    `export function f(state: "a" | "b"): number {\n  switch (state) { case "a": return 1; }\n  return 2;\n}`,
    "switch-exhaustiveness-check",
  ],
];

/** The same constructs where they belong: none may be reported. */
const CLEAN: Readonly<Record<string, string>> = {
  "packages/inference/src/owner.ts": `import "onnxruntime-node";\nimport "node:child_process";`,
  "packages/media/src/owner.ts": `import "fluent-ffmpeg";\nimport "sharp";`,
  "packages/jobs/src/owner.ts": `import "bullmq";\nimport "ioredis";\nimport "./sibling.ts";`,
  "packages/jobs/src/sibling.ts": `import "@kinora/errors";\nimport "@kinora/runtime";`,
  "packages/jobs/src/some.int.test.ts": `import "@kinora/testing";`,
  "services/gateway/src/main.ts": `export const port = process.env["PORT"];`,
};

const WORKSPACES = [...new Set(PLANTS.map(([file]) => file.split("/").slice(0, 2).join("/")))];

describe("lint", () => {
  let tree: PlantedTree;
  const found = new Map<string, Set<string>>();

  beforeAll(async () => {
    const projects = WORKSPACES.map((folder) => [`${folder}/tsconfig.json`, TSCONFIG] as const);
    tree = await plantTree({ ...Object.fromEntries([...PLANTS, ...projects]), ...CLEAN });
    const files = [...PLANTS.map(([file]) => file), ...Object.keys(CLEAN)];
    const { output } = await tree.run("oxlint", "--type-aware", "--format", "json", ...files);
    for (const { filename, code } of (JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics) {
      const rule = /\(([^)]+)\)/.exec(code ?? "")?.[1] ?? "none";
      found.set(filename, (found.get(filename) ?? new Set()).add(rule));
    }
  });

  afterAll(() => tree[Symbol.asyncDispose]());

  it.each(PLANTS)("%s is refused", (file, _text, rule) => {
    expect([...(found.get(file) ?? [])]).toContain(rule);
  });

  it.each(Object.keys(CLEAN))("%s is accepted", (file) => {
    expect([...(found.get(file) ?? [])]).toEqual([]);
  });
});

interface Diagnostic {
  readonly filename: string;
  readonly code?: string;
}
