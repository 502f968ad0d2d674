import { resolve } from "node:path";
import { AppError } from "@kinora/errors";
import type { ConfigDefinition, ConfigField, ConfigFields, ConfigValues } from "./define-config.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Value = string | number | boolean | undefined;

/** What is wrong with one value, in words that follow the variable's name. */
class Refusal extends Error {}

/**
 * Reads the definition's variables. Empty counts as unset; paths become absolute. Throws one
 * AppError `config_invalid` whose reason lists every wrong variable.
 */
export function parseConfig<Fields extends ConfigFields>(
  definition: ConfigDefinition<Fields>,
  env: Environment,
): ConfigValues<Fields> {
  const values: Record<string, Value> = {};
  const refusals: string[] = [];
  for (const [name, field] of Object.entries(definition.fields)) {
    try {
      values[name] = readField(field, env[field.env]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(`${field.env} ${error.message}`);
    }
  }
  if (refusals.length > 0) throw new AppError("config_invalid", { reason: `${refusals.join("; ")}.` });
  return Object.freeze(values) as ConfigValues<Fields>;
}

function readField(field: ConfigField, raw: string | undefined): Value {
  const text = raw?.trim();
  if (text !== undefined && text !== "") return parseText(field, text);
  if (field.default !== undefined)
    return field.kind === "path" ? resolve(String(field.default)) : field.default;
  if (field.optional === true) return undefined;
  throw new Refusal(`is required: ${field.description}`);
}

function parseText(field: ConfigField, text: string): Value {
  switch (field.kind) {
    case "string":
      return text;
    case "path":
      return resolve(text);
    case "url":
      if (!URL.canParse(text)) throw new Refusal(`must be a URL${shown(field, text)}`);
      return text;
    case "boolean":
      return parseBoolean(field, text);
    case "choice":
      return parseChoice(field, text);
    case "integer":
    case "number":
      return parseNumber(field, text);
  }
}

function parseBoolean(field: ConfigField, text: string): boolean {
  const value = text.toLowerCase();
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw new Refusal(`must be 1, 0, true or false${shown(field, text)}`);
}

function parseChoice(field: ConfigField, text: string): string {
  if (field.choices?.includes(text)) return text;
  throw new Refusal(`must be one of ${field.choices?.join(", ")}${shown(field, text)}`);
}

function parseNumber(field: ConfigField, text: string): number {
  const value = Number(text);
  const whole = field.kind === "integer";
  const valid = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
  const inRange = value >= (field.min ?? -Infinity) && value <= (field.max ?? Infinity);
  if (valid && inRange) return value;
  const unit = field.unit === undefined ? "" : ` of ${field.unit}`;
  throw new Refusal(
    `must be ${whole ? "a whole number" : "a number"}${unit}${rangeText(field)}${shown(field, text)}`,
  );
}

function rangeText({ min, max }: ConfigField): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? "" : `, at most ${max}`;
}

/** URLs may carry a password, so a broken one is not repeated either. */
function shown(field: ConfigField, text: string): string {
  return field.secret === true || field.kind === "url" ? "" : ` (it is ${JSON.stringify(text)})`;
}
