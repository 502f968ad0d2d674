import type {
  ConfigDefinition,
  ConfigField,
  ConfigFields,
  ConfigKind,
  ConfigValues,
} from "./define-config.ts";

/** One line of the generated settings table. */
export interface ConfigRow {
  readonly name: string;
  readonly env: string;
  readonly kind: ConfigKind;
  readonly description: string;
  /** The default as it would be typed; absent when there is none. */
  readonly default: string | undefined;
  readonly unit: string | undefined;
  readonly choices: readonly string[] | undefined;
  readonly required: boolean;
  readonly secret: boolean;
}

const HIDDEN = "[redacted]";

/** The definition as rows for documentation, in the order of declaration. */
export function describeConfig(definition: ConfigDefinition): ConfigRow[] {
  return Object.entries(definition.fields).map(([name, field]) => ({
    name,
    env: field.env,
    kind: field.kind,
    description: field.description,
    default: defaultText(field),
    unit: field.unit,
    choices: field.choices,
    required: field.default === undefined && field.optional !== true,
    secret: field.secret === true,
  }));
}

/** The values as they may be logged: secrets hidden, passwords in URLs hidden, unset fields left out. */
export function redactConfig<Fields extends ConfigFields>(
  definition: ConfigDefinition<Fields>,
  config: ConfigValues<Fields>,
): Record<string, string | number | boolean> {
  const values = config as Readonly<Record<string, string | number | boolean | undefined>>;
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, field] of Object.entries(definition.fields)) {
    const value = values[name];
    if (value !== undefined) shown[name] = redactValue(field, value);
  }
  return shown;
}

function redactValue(field: ConfigField, value: string | number | boolean): string | number | boolean {
  if (field.secret === true) return HIDDEN;
  if (field.kind !== "url") return value;
  const url = new URL(String(value));
  if (url.password === "" && url.username === "") return value;
  return String(value).replace(/\/\/[^@/]*@/, `//${HIDDEN}@`);
}

function defaultText(field: ConfigField): string | undefined {
  if (field.default === undefined) return undefined;
  if (typeof field.default === "boolean") return field.default ? "1" : "0";
  return String(field.default);
}
