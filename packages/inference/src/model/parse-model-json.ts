/** A JSON string (kept), or a number that only Python writes. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
const REPLACEMENTS: Readonly<Record<string, string>> = {
  Infinity: "1e999",
  "-Infinity": "-1e999",
  NaN: "null",
};

/**
 * Parses JSON as Python's libraries write it: with bare Infinity and -Infinity (DPM++ schedulers have
 * `"lambda_min_clipped": -Infinity`), and NaN, which becomes null. Throws SyntaxError.
 */
export function parseModelJson(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, (token) => REPLACEMENTS[token] ?? token));
}
