const MAX_SHOWN = 60;

/** A caller's value as an error message quotes it: JSON, one line, cut at 60 characters. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
