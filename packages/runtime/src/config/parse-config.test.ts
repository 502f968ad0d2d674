import { resolve } from "node:path";
import { AppError } from "@kinora/errors";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type ConfigOf, defineConfig } from "./define-config.ts";
import { describeConfig, redactConfig } from "./describe-config.ts";
import { parseConfig } from "./parse-config.ts";

const definition = defineConfig({
  name: { env: "T_NAME", description: "A name.", kind: "string" },
  steps: {
    env: "T_STEPS",
    description: "Steps.",
    kind: "integer",
    default: 4,
    min: 1,
    max: 64,
    unit: "steps",
  },
  scale: { env: "T_SCALE", description: "Scale.", kind: "number", default: 1.5, min: 0 },
  loud: { env: "T_LOUD", description: "Noise.", kind: "boolean", default: false },
  device: {
    env: "T_DEVICE",
    description: "Where.",
    kind: "choice",
    choices: ["cpu", "cuda"],
    default: "cpu",
  },
  redis: { env: "T_REDIS", description: "Redis.", kind: "url", optional: true },
  data: { env: "T_DATA", description: "Folder.", kind: "path", default: "./data" },
  key: { env: "T_KEY", description: "Key.", kind: "string", secret: true, optional: true },
  pin: { env: "T_PIN", description: "Pin.", kind: "integer", secret: true, optional: true },
});

function reasonOf(env: Record<string, string>): string {
  try {
    parseConfig(definition, env);
  } catch (error) {
    if (error instanceof AppError && error.code === "config_invalid") return error.message;
    throw error;
  }
  throw new Error("The configuration was accepted.");
}

describe("parseConfig", () => {
  test("reads every kind, trimmed", () => {
    const config = parseConfig(definition, {
      T_NAME: " pocket ",
      T_STEPS: "8",
      T_SCALE: "7.25",
      T_LOUD: "TRUE",
      T_DEVICE: "cuda",
      T_REDIS: "redis://h:1/2",
      T_DATA: "/srv/../var",
      T_KEY: "k",
      T_PIN: "7",
    });
    expect(config).toEqual({
      name: "pocket",
      steps: 8,
      scale: 7.25,
      loud: true,
      device: "cuda",
      redis: "redis://h:1/2",
      data: resolve("/var"),
      key: "k",
      pin: 7,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test("unset and empty are the default, or undefined where optional", () => {
    const config = parseConfig(definition, { T_NAME: "x", T_STEPS: "", T_REDIS: "  ", T_LOUD: undefined });
    expect(config).toEqual({
      name: "x",
      steps: 4,
      scale: 1.5,
      loud: false,
      device: "cpu",
      redis: undefined,
      data: resolve("data"),
      key: undefined,
      pin: undefined,
    });
  });

  test("types follow the fields", () => {
    type Config = ConfigOf<typeof definition>;
    expectTypeOf<Config["name"]>().toEqualTypeOf<string>();
    expectTypeOf<Config["steps"]>().toEqualTypeOf<number>();
    expectTypeOf<Config["device"]>().toEqualTypeOf<"cpu" | "cuda">();
    expectTypeOf<Config["redis"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Config["loud"]>().toEqualTypeOf<boolean>();
  });

  test("all that is wrong is told at once, with the value and what would be right", () => {
    const reason = reasonOf({
      T_STEPS: "4.5",
      T_SCALE: "-1",
      T_LOUD: "maybe",
      T_DEVICE: "tpu",
      T_REDIS: "://u:hunter2@h",
      T_PIN: "hunter2",
    });
    expect(reason.split("; ")).toEqual([
      "T_NAME is required: A name.",
      'T_STEPS must be a whole number of steps from 1 to 64 (it is "4.5")',
      'T_SCALE must be a number, at least 0 (it is "-1")',
      'T_LOUD must be 1, 0, true or false (it is "maybe")',
      'T_DEVICE must be one of cpu, cuda (it is "tpu")',
      "T_REDIS must be a URL",
      "T_PIN must be a whole number.",
    ]);
  });

  test.each([["65"], ["0"], ["1e400"], ["NaN"], ["0x"], ["9007199254740993"], ["٤"]])(
    "%s is not a number of steps",
    (text) => {
      expect(reasonOf({ T_NAME: "x", T_STEPS: text })).toContain("T_STEPS must be");
    },
  );
});

describe("defineConfig", () => {
  test("two fields with one variable, or a choice without choices, are bugs", () => {
    const field = { env: "T_A", description: "", kind: "string" } as const;
    expect(() => defineConfig({ a: field, b: field })).toThrow("This is a bug.");
    expect(() => defineConfig({ a: { ...field, kind: "choice" } })).toThrow("This is a bug.");
  });
});

describe("printing", () => {
  test("secrets and passwords in URLs are hidden, unset fields left out", () => {
    const secret = "hunter2";
    const config = parseConfig(definition, {
      T_NAME: "x",
      T_KEY: secret,
      T_REDIS: `rediss://me:${secret}@redis:6379/0?x=a@b`,
    });
    const shown = redactConfig(definition, config);
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown).toMatchObject({
      key: "[redacted]",
      redis: "rediss://[redacted]@redis:6379/0?x=a@b",
      steps: 4,
    });
    expect(shown).not.toHaveProperty("pin");
    expect(redactConfig(definition, { ...config, redis: "redis://h:1" })["redis"]).toBe("redis://h:1");
  });

  test("rows for the documentation, in order", () => {
    const rows = describeConfig(definition);
    expect(rows.map(({ env }) => env).slice(0, 3)).toEqual(["T_NAME", "T_STEPS", "T_SCALE"]);
    expect(rows[0]).toMatchObject({ name: "name", required: true, default: undefined, secret: false });
    expect(rows[1]).toMatchObject({ required: false, default: "4", unit: "steps" });
    expect(rows[3]).toMatchObject({ kind: "boolean", default: "0" });
    expect(rows[4]).toMatchObject({ choices: ["cpu", "cuda"], default: "cpu" });
    expect(rows[6]).toMatchObject({ default: "./data" });
    expect(rows[7]).toMatchObject({ required: false, secret: true });
  });
});
