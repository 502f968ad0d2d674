import { readdirSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { encoder } from "@kinora/contracts";
import {
  assertNearGoldens,
  fixturePath,
  type GoldenCase,
  goldenCases,
  openOnFixtures,
  readGoldenCase,
} from "@kinora/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createEncoderHost, type EncoderHost, resultOf } from "../testing/encoder-host.ts";
import { loadSubwordTokenizer } from "../text/subword-tokenizer.ts";
import { createEncodePrompt } from "./encode-prompt.ts";

// What transformers and diffusers make of the same texts: fixtures/golden/pipelines of packages/testing.

type Result = MessageInitShape<typeof encoder.EncodePromptResultSchema>;

let host: EncoderHost;
let dataDir: string;
beforeAll(async () => {
  const opened = await openOnFixtures(createEncoderHost);
  ({ host, dataDir } = opened);
  return opened.close;
});

async function encode(model: string, prompt: string, negativePrompt = "") {
  return encodeOn(host, { model, prompt, negativePrompt });
}

interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly negativePrompt: string;
}

async function encodeOn(on: EncoderHost, { model, prompt, negativePrompt }: Asked) {
  const target = { model, outputPrefix: `${model}/${crypto.randomUUID()}/` };
  const request = create(encoder.EncodePromptRequestSchema, { target, prompt, negativePrompt });
  const result = await resultOf<Result>(createEncodePrompt(on)(request, on.context));
  return { result, tensors: await on.loadTensors(result.embedding as never) };
}

/** tokens/PIPELINE.json: prompts by tokenizer. */
function tokenGoldens(): {
  pipeline: string;
  tokenizer: string;
  prompts: { text: string; ids: number[] }[];
}[] {
  const root = fixturePath("golden/pipelines/tokens");
  return readdirSync(root).flatMap((file) => {
    const byTokenizer = JSON.parse(readFileSync(`${root}/${file}`, "utf8"));
    return Object.keys(byTokenizer).map((tokenizer) => ({
      pipeline: file.replace(/\.json$/, ""),
      tokenizer,
      prompts: byTokenizer[tokenizer],
    }));
  });
}

describe("token ids equal those of the fast tokenizers", () => {
  it.each(tokenGoldens())("$pipeline/$tokenizer", async ({ pipeline, tokenizer, prompts }) => {
    const { folder } = await host.models.get(pipeline);
    const { encode: tokenize } = await loadSubwordTokenizer(folder, tokenizer);
    expect(prompts.length).toBeGreaterThan(10);
    for (const { text, ids } of prompts) {
      expect({ text, ids: tokenize(text, ids.length).ids }).toEqual({ text, ids });
    }
  });
});

const NAMES = {
  prompt_embeds: "last_hidden_state",
  negative_prompt_embeds: "unconditional",
  pooled_prompt_embeds: "pooled",
  negative_pooled_prompt_embeds: "unconditional_pooled",
} as const;

describe("embeddings equal diffusers'", () => {
  const cases = goldenCases("text-to-image", "image-to-image", "edit").filter((golden) =>
    golden.tensor("prompt_embeds"),
  );
  it.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_, golden: GoldenCase) => {
    const { prompt, negative_prompt: negative } = golden.request;
    const { tensors } = await encode(golden.pipeline, String(prompt), String(negative ?? ""));
    const measured = Object.entries(NAMES).flatMap(([theirs, ours]) => {
      const expected = golden.tensor(theirs);
      if (expected === undefined) return [];
      expect(tensors[ours]?.dims).toEqual(expected.shape);
      return [[theirs, [tensors[ours]?.data as Float32Array]]];
    });
    expect(measured.length).toBeGreaterThan(0);
    assertNearGoldens(golden, Object.fromEntries(measured));
  });
});

it("a prompt that is too long is cut, and the cut words are named", async () => {
  const { result } = await encode("tiny-sd", `${"dog ".repeat(90)}umbrella`, "cat ".repeat(90));
  expect(result.warnings?.map(({ code }) => code)).toEqual(["prompt_truncated", "prompt_truncated"]);
  expect(result.warnings?.[0]?.values?.at(-1)).toBe("umbrella");
  expect(result.warnings?.[1]?.message).toMatch(
    /^text_encoder of the model read 77 tokens; this end of the negative/,
  );
  expect((await encode("tiny-sd", "a dog")).result.warnings).toEqual([]);
});

it("a negative prompt replaces the unconditional embedding", async () => {
  const plain = await encode("tiny-sd", "a dog");
  const negative = await encode("tiny-sd", "a dog", "rain");
  expect(negative.tensors["last_hidden_state"]).toEqual(plain.tensors["last_hidden_state"]);
  expect(negative.tensors["unconditional"]).not.toEqual(plain.tensors["unconditional"]);
});

it("a model that is told its picture only refuses a prompt", async () => {
  await expect(encode("tiny-svd", "a dog")).rejects.toMatchObject({ code: "unsupported_parameter" });
});

it("our own family still names the words it does not know", async () => {
  const { result, tensors } = await encode("tiny", "a red dog zeppelin");
  expect(result.warnings).toMatchObject([{ code: "unknown_words", values: ["zeppelin"] }]);
  expect(Object.keys(tensors).toSorted()).toEqual(["last_hidden_state", "unconditional"]);
});

it("Stable Diffusion 3 without T5 has zeros in the place of its states", async () => {
  const golden = readGoldenCase("tiny-sd3/guided");
  const models = join(dataDir, "models");
  const without = join(models, "without-t5");
  await cp(fixturePath("models/tiny-sd3"), without, { recursive: true });
  for (const gone of ["manifest.json", "text_encoder_3", "tokenizer_3"]) {
    await rm(join(without, gone), { recursive: true });
  }
  const index = JSON.parse(readFileSync(join(without, "model_index.json"), "utf8"));
  const left = { ...index, text_encoder_3: [null, null], tokenizer_3: [null, null] };
  await writeFile(join(without, "model_index.json"), JSON.stringify(left));
  const own = createEncoderHost({ modelsDir: models, dataDir, device: "cpu", engineThreads: 1 });
  try {
    const prompt = String(golden.request["prompt"]);
    const { tensors } = await encodeOn(own, { model: "without-t5", prompt, negativePrompt: "" });
    const expected = golden.tensor("prompt_embeds");
    const hidden = tensors["last_hidden_state"];
    expect(hidden?.dims).toEqual(expected?.shape);
    const ofClip = 77 * Number(hidden?.dims[2]);
    const data = Array.from(hidden?.data as Float32Array, (value, i) =>
      i < ofClip ? value - Number(expected?.data[i]) : value,
    );
    expect(Math.max(...data.slice(0, ofClip).map(Math.abs))).toBeLessThan(1e-5);
    expect(new Set(data.slice(ofClip))).toEqual(new Set([0]));
  } finally {
    await own.close();
  }
});
