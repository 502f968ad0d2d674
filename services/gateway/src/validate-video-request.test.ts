import { AppError } from "@kinora/errors";
import { fixturePath } from "@kinora/testing";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseByteRange } from "./api/byte-range.ts";
import { checkPrompt, MAX_PROMPT_CODE_POINTS } from "./api/check-prompt.ts";
import type { RawRequest } from "./api/field-reader.ts";
import { parseInputReference } from "./api/parse-input-reference.ts";
import { parseInteger, parseNumber } from "./api/parse-value.ts";
import { createModelCatalog, type ModelCatalog } from "./model-catalog.ts";
import { type ValidVideoRequest, validateVideoRequest } from "./validate-video-request.ts";

let models: ModelCatalog;
beforeAll(async () => {
  models = await createModelCatalog({ modelsDir: fixturePath("models"), aliases: {}, defaultModel: "tiny" });
});

const png = Buffer.from("normalised");
const validate = (raw: RawRequest) =>
  validateVideoRequest(raw, { models, drawSeed: () => 42, normalizePicture: async () => ({ png }) });

function outcome<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

function isComplete({ request, picture }: ValidVideoRequest): boolean {
  const { kind, model, width, numFrames, prompt } = request;
  const fits = kind === "video" && model === "tiny" && width === 512 && numFrames === 65;
  return (
    fits && (prompt !== "" || picture !== null) && Object.values(request).every((part) => part !== undefined)
  );
}

const range = { minimum: -1000, maximum: 1000 };
const form = (value: unknown) => ({ name: "x", value, encoding: "form" as const });
const json = (value: unknown) => ({ name: "x", value, encoding: "json" as const });

describe("numbers", () => {
  it("in forms are what JSON.parse makes of the same text, or refused", () => {
    const text = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.string({ maxLength: 12 }),
      fc.stringMatching(/^[-+0-9.eE ]{1,8}$/),
    );
    const bounds = { minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE };
    fc.assert(
      fc.property(text, (value) => {
        const parsed = outcome(() => parseNumber(form(value), bounds));
        const integer = outcome(() => parseInteger(form(value), bounds));
        const isNumber = Number.isFinite(parsed) && parsed === JSON.parse(value) + 0;
        const isInteger = Number.isSafeInteger(integer) && String(integer) === value.replace(/^-0$/, "0");
        expect(parsed === "invalid_request" || isNumber).toBe(true);
        expect(integer === "invalid_request" || isInteger).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("survive a round trip through both encodings, within the range and not outside", () => {
    fc.assert(
      fc.property(fc.integer({ min: -3000, max: 3000 }), (value) => {
        const expected = value >= -1000 && value <= 1000 ? value : "invalid_request";
        expect(outcome(() => parseInteger(form(String(value)), range))).toBe(expected);
        expect(outcome(() => parseInteger(json(value), range))).toBe(expected);
        expect(outcome(() => parseNumber(json(value), range))).toBe(expected);
      }),
    );
  });

  it("of JSON refuse every other type", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(typeof value !== "number");
        expect(outcome(() => parseInteger(json(value), range))).toBe("invalid_request");
        expect(outcome(() => parseNumber(json(value), range))).toBe("invalid_request");
      }),
    );
  });
});

describe("prompts", () => {
  it("come out in NFC, well-formed, within the limit and without control characters, or not at all", () => {
    // Any UTF-16, well-formed or not, with the refused and the composed ones more often than chance.
    const unit = fc.oneof(
      fc.nat(0xffff),
      fc.nat(0xff),
      fc.integer({ min: 0x2000, max: 0x2070 }),
      fc.constant(0x301),
    );
    const text = fc.array(unit, { maxLength: 12 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(text, (value) => {
        const prompt = outcome(() => checkPrompt(value));
        if (prompt === "invalid_prompt") return;
        expect(prompt.normalize("NFC")).toBe(prompt);
        expect(prompt.isWellFormed()).toBe(true);
        expect(Array.from(prompt).length).toBeLessThanOrEqual(MAX_PROMPT_CODE_POINTS);
        expect(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(prompt.replaceAll(/[\t\n\r]/g, ""))).toBe(false);
        expect(checkPrompt(prompt)).toBe(prompt);
      }),
      { numRuns: 300 },
    );
  });

  it("are never refused for letters of any language", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L}\p{M}\p{N}\p{P} ]{1,40}$/u), (value) => {
        expect(outcome(() => checkPrompt(value))).toBe(/^\s*$/.test(value) ? "" : value.normalize("NFC"));
      }),
    );
  });
});

describe("data URLs", () => {
  it("give back the bytes, and only those", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.constantFrom("png", "jpeg", "webp"), (bytes, type) => {
        const url = `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;
        expect(Buffer.from(parseInputReference(url)).equals(bytes)).toBe(true);
        expect(Buffer.from(parseInputReference({ image_url: url })).equals(bytes)).toBe(true);
      }),
    );
  });

  it("or anything else is refused as a picture, never as a surprise", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const result = outcome(() => parseInputReference(value));
        expect(result).toBe("invalid_image");
      }),
    );
  });
});

describe("Range", () => {
  it("lies within the file, or is said not to", () => {
    const offset = fc.oneof(fc.constant(""), fc.nat(200).map(String));
    fc.assert(
      fc.property(offset, offset, fc.nat(100), (first, last, sizeBytes) => {
        const parsed = parseByteRange(`bytes=${first}-${last}`, sizeBytes);
        if (typeof parsed === "string") return;
        expect(parsed.start).toBeGreaterThanOrEqual(0);
        expect(parsed.end).toBeGreaterThanOrEqual(parsed.start);
        expect(parsed.end).toBeLessThan(sizeBytes);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(typeof parseByteRange(header, 10)).toMatch(/string|object/);
      }),
    );
  });
});

describe("validateVideoRequest", () => {
  it("answers any fields with a complete request or an error of the table with a param", async () => {
    const name = fc.oneof(
      fc.constantFrom("prompt", "model", "seconds", "size", "width", "height", "seed", "fps", "num_frames"),
      fc.constantFrom(
        "num_inference_steps",
        "guidance_scale",
        "input_reference",
        "negative_prompt",
        "__proto__",
      ),
      fc.string(),
    );
    const value = fc.oneof(
      fc.constantFrom("x", "4", 4, "512x512", 512, 16, 65, "tiny", 3, null, undefined),
      fc.jsonValue(),
    );
    const raw = fc.record({
      fields: fc.dictionary(name, value, { maxKeys: 4 }),
      encoding: fc.constantFrom("json" as const, "form" as const),
      file: fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(raw, async (request) => {
        const result = await validate(request).catch((error: unknown) => error);
        const isRefusal =
          result instanceof AppError && result.row.http < 500 && typeof result.param === "string";
        expect(isRefusal || isComplete(result as ValidVideoRequest)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("gives equal requests equal fingerprints, in any order and encoding, and others others", async () => {
    const print = async (
      fields: Record<string, unknown>,
      encoding: "json" | "form" = "json",
      file?: Uint8Array,
    ) => (await validate({ fields, encoding, file })).fingerprint;
    const base = await print({ prompt: "x", seed: 7, seconds: "4" });
    expect(await print({ seconds: 4, seed: 7, prompt: "x" })).toBe(base);
    expect(await print({ prompt: "x", seed: "7", seconds: "4" }, "form")).toBe(base);
    expect(await print({ prompt: "x", seed: 7, seconds: "4", size: null })).toBe(base);
    const others = [
      await print({ prompt: "y", seed: 7, seconds: "4" }),
      await print({ prompt: "x", seed: 8, seconds: "4" }),
      await print({ prompt: "x", seconds: "4" }),
      await print({ prompt: "x", seed: 7, seconds: "4" }, "json", Buffer.from("a")),
      await print({ prompt: "x", seed: 7, seconds: "4" }, "json", Buffer.from("b")),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });

  it("draws a seed only when none is given", async () => {
    expect((await validate({ fields: { prompt: "x" }, encoding: "json" })).request.seed).toBe(42);
    expect((await validate({ fields: { prompt: "x", seed: 0 }, encoding: "json" })).request.seed).toBe(0);
  });
});
