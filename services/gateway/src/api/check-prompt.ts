import { AppError } from "@kinora/errors";

/** Longest prompt in Unicode code points, after NFC. */
export const MAX_PROMPT_CODE_POINTS = 4000;

// Line breaks and tabs come from text areas and mean a space; every other control character is refused.
const CONTROL = /[^\P{Cc}\t\n\r]/u;
// Embeddings, overrides and isolates reorder what a moderator or a log reader sees.
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;
// Whitespace and format characters alone (zero-width space, joiners) say nothing.
const BLANK = /^[\s\p{Cf}]*$/u;

/**
 * The prompt in NFC, or "" when it is blank. Throws `invalid_prompt`, naming the field `param`, for
 * one that is too long or holds control characters, bidirectional overrides or unpaired surrogates.
 */
export function checkPrompt(text: string, param = "prompt"): string {
  const refused = (reason: string) => new AppError("invalid_prompt", { reason }, { param });
  const tooLong = (length: string) =>
    refused(`The prompt has ${length} characters; the limit is ${MAX_PROMPT_CODE_POINTS}.`);
  // No text this long composes to the limit: it is refused before anything scans it.
  if (text.length > MAX_PROMPT_CODE_POINTS * 6) throw tooLong(`more than ${MAX_PROMPT_CODE_POINTS}`);
  if (!text.isWellFormed()) throw refused("The prompt holds an unpaired surrogate; send valid Unicode text.");
  const control = CONTROL.exec(text) ?? BIDI_CONTROL.exec(text);
  if (control) {
    const name = `U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const kind = BIDI_CONTROL.test(control[0]) ? "bidirectional" : "control";
    throw refused(`The prompt holds the ${kind} character ${name} at position ${control.index}; remove it.`);
  }
  const prompt = text.normalize("NFC");
  const length = codePoints(prompt);
  if (length > MAX_PROMPT_CODE_POINTS) throw tooLong(String(length));
  return BLANK.test(prompt) ? "" : prompt;
}

/** What a blank prompt without a picture gets. */
export function promptRequired(
  advice = "Send a sentence in prompt, a picture in input_reference, or both.",
): AppError {
  return new AppError("invalid_prompt", { reason: `The prompt is blank. ${advice}` }, { param: "prompt" });
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
