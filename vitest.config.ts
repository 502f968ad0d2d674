import { defineConfig } from "vitest/config";

/** Workspaces import each other's sources, in this process and in every child it forks. */
const condition = "kinora:source";
const shared = {
  pool: "forks",
  execArgv: [`--conditions=${condition}`, "--disable-warning=ExperimentalWarning"],
};
const exclude = ["**/node_modules/**", "**/dist/**", "training/**"];

export default defineConfig({
  ssr: { resolve: { conditions: [condition, "node"] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          include: ["{packages,services,scripts,tests}/**/*.test.ts"],
          exclude: [...exclude, "**/*.int.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "int",
          include: ["{packages,services,scripts,tests}/**/*.int.test.ts"],
          exclude,
          // Real engines and encoders each want every core: one file at a time.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
