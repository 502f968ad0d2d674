const COLOURS: Readonly<Record<string, number>> = { debug: 36, info: 32, warn: 33, error: 31, fatal: 35 };
const OMITTED = new Set(["level", "time", "pid", "service", "msg", "err"]);

/** Turns one JSON log line into one line for people: time, level, service, message, fields. */
export function prettyLine(json: string, colour: boolean): string {
  const entry = JSON.parse(json) as Record<string, unknown>;
  const level = textOf(entry["level"]);
  const fields = Object.entries(entry)
    .filter(([name]) => !OMITTED.has(name))
    .map(([name, value]) => ` ${name}=${textOf(value)}`);
  const label = paint(level.toUpperCase().padEnd(5), colour ? COLOURS[level] : undefined);
  const time = textOf(entry["time"]).slice(11, 23);
  const text = `${time} ${label} ${textOf(entry["service"])}: ${textOf(entry["msg"])}`;
  return `${text}${fields.join("")}${errorText(entry["err"])}\n`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function paint(text: string, code: number | undefined): string {
  return code === undefined ? text : `\u001b[${code}m${text}\u001b[39m`;
}

function errorText(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  return ` ${textOf(stack ?? message).replaceAll(/\s*\n\s*/g, " | ")}`;
}
