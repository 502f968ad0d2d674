/**
 * A `pattern` of a tokenizer.json as a global regular expression. White space is Unicode's, as in Oniguruma:
 * JavaScript's \s has U+FEFF and lacks U+0085. Throws SyntaxError for what JavaScript cannot express.
 */
export function patternOf({ Regex: regex, String: text }: { Regex?: string; String?: string }): RegExp {
  if (regex === undefined) return new RegExp(escapePattern(text ?? ""), "gu");
  return new RegExp(regex.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S", "\\P{White_Space}"), "gu");
}

/** A text as a pattern that matches just this text. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
