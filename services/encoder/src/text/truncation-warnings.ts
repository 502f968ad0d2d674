import type { PromptWarning } from "./prompt-encoding.ts";

/** The end of a text that one encoder did not read; "" where it read all. */
export interface CutPrompt {
  readonly cut: string;
  /** Tokens that the encoder reads. */
  readonly length: number;
  readonly component: string;
}

const TEXTS = ["prompt", "negative prompt"];

/**
 * What was cut, given per encoder the prompt's end and the negative prompt's. Encoders that cut at the same place
 * share one warning.
 */
export function truncationWarnings(byEncoder: readonly (readonly CutPrompt[])[]): PromptWarning[] {
  return TEXTS.flatMap((text, row) => {
    const cuts = byEncoder.flatMap((texts) => texts[row] ?? []).filter(({ cut }) => cut !== "");
    const distinct = new Set(cuts.map(({ cut }) => cut));
    return [...distinct].map((cut) => {
      const components = cuts.filter((each) => each.cut === cut);
      const names = components.map(({ component }) => component).join(" and ");
      const message = `${names} of the model read ${components[0]?.length} tokens; this end of the ${text} was left out: ${cut}`;
      return { code: "prompt_truncated", message, values: cut.split(/\s+/) };
    });
  });
}
