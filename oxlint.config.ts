import { defineConfig } from "oxlint";

// Who may import what. One row per folder; scripts/boundaries are tested with planted violations in
// tests/architecture/boundaries.int.test.ts.

/** Outside modules with one owner: nobody else may import them. */
const OWNED_MODULES: Readonly<Record<string, readonly string[]>> = {
  "onnxruntime-node": ["packages/inference"],
  "fluent-ffmpeg": ["packages/media"],
  "@ffmpeg-installer/ffmpeg": ["packages/media"],
  sharp: ["packages/media"],
  bullmq: ["packages/jobs"],
  ioredis: ["packages/jobs", "packages/testing"],
  "node:sqlite": ["packages/jobs", "packages/inference"],
  "@aws-sdk/**": ["packages/storage", "packages/testing"],
  "@grpc/**": ["packages/runtime", "packages/testing"],
  "grpc-health-check": ["packages/runtime"],
  fastify: ["services/gateway"],
  "@fastify/**": ["services/gateway"],
  "@huggingface/tokenizers": ["services/encoder"],
  "node:child_process": ["packages/inference", "packages/media", "packages/cli", "packages/testing"],
  child_process: [],
};

const FOUNDATION = ["errors", "contracts", "runtime"];

/** Our own packages that each folder may import. A service is in no list: nobody imports one. */
const OWN_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "packages/errors": [],
  "packages/contracts": [],
  "packages/diffusion": [],
  "packages/runtime": ["errors", "contracts"],
  "packages/inference": ["errors", "runtime"],
  "packages/media": ["errors", "runtime"],
  "packages/storage": ["errors", "runtime"],
  "packages/jobs": ["errors", "runtime"],
  "packages/model-service": [...FOUNDATION, "inference", "storage", "diffusion"],
  "packages/client": FOUNDATION,
  "packages/cli": [...FOUNDATION, "client", "inference", "media"],
  "packages/testing": [...FOUNDATION, "inference", "media", "storage", "jobs"],
  "services/gateway": [...FOUNDATION, "inference", "media", "storage", "jobs"],
  "services/t2i": [...FOUNDATION, "model-service", "inference", "storage", "diffusion"],
  "services/i2v": [...FOUNDATION, "model-service", "inference", "storage", "diffusion"],
  "services/edit": [...FOUNDATION, "model-service", "inference", "storage", "diffusion"],
  "services/encoder": [...FOUNDATION, "model-service", "inference", "storage", "diffusion", "media"],
};

const WORKSPACES = Object.keys(OWN_IMPORTS).map((folder) => folder.replace(/^.*\//, ""));

/** The restriction for one folder; `testing` is added for its tests. */
function restrictedImports(folder: string, extra: readonly string[] = []) {
  const own = [...(OWN_IMPORTS[folder] ?? []), ...extra];
  const foreignModules = Object.keys(OWNED_MODULES).filter((name) => !OWNED_MODULES[name]?.includes(folder));
  return [
    "error",
    {
      patterns: [
        { group: foreignModules, message: `${folder} does not own this module (oxlint.config.ts).` },
        {
          group: WORKSPACES.filter((name) => !own.includes(name)).map((name) => `@kinora/${name}`),
          message: `${folder} may not import this package (oxlint.config.ts).`,
        },
        { regex: "^@kinora/[^/]+/", message: "A package has one entry; import @kinora/NAME." },
        { regex: "^\\.{1,2}/(.*/)?src/", message: "A relative import may not leave its workspace." },
      ],
    },
  ] as const;
}

const TESTS = ["**/*.test.ts", "**/*.conformance.ts", "tests/**/*.ts", "packages/testing/**/*.ts"];
const PROCESS_FILES = ["**/main.ts", "**/*-main.ts", "scripts/**/*.ts", "*.config.ts"];

const UNTYPED = {
  "typescript/no-unsafe-assignment": "off",
  "typescript/no-unsafe-call": "off",
  "typescript/no-unsafe-member-access": "off",
  "typescript/no-unsafe-return": "off",
  "typescript/no-unsafe-argument": "off",
} as const;

export default defineConfig({
  plugins: ["typescript", "import", "node", "unicorn", "oxc", "promise", "vitest"],
  options: { typeAware: true },
  categories: { correctness: "error" },
  ignorePatterns: ["**/dist/**", "**/gen/**", "training/**", "models/**"],
  rules: {
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-unsafe-assignment": "error",
    "typescript/no-unsafe-call": "error",
    "typescript/no-unsafe-member-access": "error",
    "typescript/no-unsafe-return": "error",
    "typescript/no-unsafe-argument": "error",
    "typescript/only-throw-error": "error",
    // What is not awaited outlives its `await using`.
    "typescript/return-await": ["error", "error-handling-correctness-only"],
    "typescript/no-explicit-any": "error",
    "typescript/parameter-properties": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "max-lines": ["error", { max: 340 }],
    "max-lines-per-function": ["error", { max: 50 }],
    "max-params": ["error", { max: 4 }],
    "no-console": "error",
    "node/no-process-env": "error",
    "unicorn/no-process-exit": "error",
    // Factories return closures, which carry no `this` to lose.
    "typescript/unbound-method": "off",
    // Grouping fields on one line reads better than a column of fourteen.
    "unicorn/no-useless-spread": "off",
    // Comparing by code unit is what canonical keys and listings want.
    "typescript/require-array-sort-compare": "off",
  },
  overrides: [
    ...Object.keys(OWN_IMPORTS).flatMap((folder) => [
      { files: [`${folder}/**/*.ts`], rules: { "no-restricted-imports": restrictedImports(folder) } },
      {
        files: [`${folder}/**/*.{test,conformance}.ts`],
        rules: { "no-restricted-imports": restrictedImports(folder, ["testing", ...FOUNDATION]) },
      },
    ]),
    { files: PROCESS_FILES, rules: { "node/no-process-env": "off", "unicorn/no-process-exit": "off" } },
    { files: ["scripts/**/*.ts", "packages/cli/**/*.ts"], rules: { "no-console": "off" } },
    {
      // Plain JavaScript outside every project: nothing has types there.
      files: ["**/*.js"],
      rules: {
        ...UNTYPED,
        "no-console": "off",
        "node/no-process-env": "off",
        "unicorn/no-process-exit": "off",
      },
    },
    // The types of @huggingface/tokenizers import each other without extensions, which nodenext cannot follow.
    {
      files: ["services/encoder/src/text/word-tokenizer.ts", "services/encoder/src/text/exact-tokenizer.ts"],
      rules: UNTYPED,
    },
    { files: ["*.config.ts"], rules: { "import/no-default-export": "off" } },
    {
      // A describe block is one function; a fixture speaks to untyped JSON.
      files: TESTS,
      rules: {
        // A property test or a table checks what a case has.
        "vitest/no-conditional-expect": "off",
        "vitest/expect-expect": "off",
        "vitest/require-to-throw-message": "off",
        "vitest/valid-expect": ["error", { maxArgs: 2 }],
        "require-yield": "off",
        "typescript/restrict-template-expressions": "off",
        "unicorn/no-process-exit": "off",
        "max-lines-per-function": "off",
        "max-params": "off",
        "node/no-process-env": "off",
        "no-console": "off",
        ...UNTYPED,
      },
    },
  ],
});
