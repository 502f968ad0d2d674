/** What a configuration value is in text, and what it becomes. */
export type ConfigKind = "string" | "integer" | "number" | "boolean" | "url" | "path" | "choice";

/** One setting: the environment variable it comes from and everything its documentation needs. */
export interface ConfigField {
  /** Name of the environment variable. */
  readonly env: string;
  /** A sentence for the README's table. */
  readonly description: string;
  readonly kind: ConfigKind;
  /** The accepted values of a `choice`. */
  readonly choices?: readonly string[];
  /** Value when the variable is unset or empty. Without it and without `optional` the variable is required. */
  readonly default?: string | number | boolean;
  /** Unit of a number, for example "ms". */
  readonly unit?: string;
  /** Never printed, neither in errors nor by `redactConfig`. */
  readonly secret?: boolean;
  /** Unset is `undefined` in place of an error. */
  readonly optional?: boolean;
  /** Least accepted number. */
  readonly min?: number;
  /** Greatest accepted number. */
  readonly max?: number;
}

/** Fields by the name under which code reads them. */
export type ConfigFields = Readonly<Record<string, ConfigField>>;

type FieldValue<F extends ConfigField> = F["kind"] extends "integer" | "number"
  ? number
  : F["kind"] extends "boolean"
    ? boolean
    : F["kind"] extends "choice"
      ? NonNullable<F["choices"]>[number]
      : string;

/** The parsed values of `Fields`. */
export type ConfigValues<Fields extends ConfigFields> = {
  readonly [K in keyof Fields]: Fields[K] extends { readonly optional: true }
    ? FieldValue<Fields[K]> | undefined
    : FieldValue<Fields[K]>;
};

/** A checked set of fields, ready for `parseConfig`. */
export interface ConfigDefinition<Fields extends ConfigFields = ConfigFields> {
  readonly fields: Fields;
}

/** The values that a definition parses to: `ConfigOf<typeof definition>`. */
export type ConfigOf<D extends ConfigDefinition> = ConfigValues<D["fields"]>;

/** Declares a process's settings. Two fields with one variable, or a choice without choices, are bugs. */
export function defineConfig<const Fields extends ConfigFields>(fields: Fields): ConfigDefinition<Fields> {
  const seen = new Set<string>();
  for (const [name, field] of Object.entries(fields)) {
    if (seen.has(field.env)) throw new Error(`Two config fields read ${field.env}. This is a bug.`);
    if (field.kind === "choice" && !field.choices?.length) {
      throw new Error(`Config field ${name} is a choice without choices. This is a bug.`);
    }
    seen.add(field.env);
  }
  return { fields };
}
