import { expect, it } from "vitest";
import { truncationWarnings } from "./truncation-warnings.ts";

const reading = (component: string, length: number, ...cuts: string[]) =>
  cuts.map((cut) => ({ cut, length, component }));

it("says nothing where everything was read", () => {
  expect(truncationWarnings([reading("text_encoder", 77, "", "")])).toEqual([]);
});

it("names the words that were cut, once for encoders that agree", () => {
  const warnings = truncationWarnings([
    reading("text_encoder", 77, "a red hat", ""),
    reading("text_encoder_2", 77, "a red hat", "blurry"),
    reading("text_encoder_3", 256, "", ""),
  ]);
  expect(warnings).toEqual([
    {
      code: "prompt_truncated",
      message:
        "text_encoder and text_encoder_2 of the model read 77 tokens; this end of the prompt was left out: a red hat",
      values: ["a", "red", "hat"],
    },
    {
      code: "prompt_truncated",
      message:
        "text_encoder_2 of the model read 77 tokens; this end of the negative prompt was left out: blurry",
      values: ["blurry"],
    },
  ]);
});
