/** What a scheduler class takes from its config. */
export interface OptionSpec<T extends object> {
  /** Options with diffusers' defaults; a config's value must have the default's type. */
  readonly defaults: T;
  /** Options that must keep their default, because anything else is not implemented. */
  readonly fixed: Readonly<Record<string, unknown>>;
}

/**
 * Reads the options of a scheduler_config.json. Keys that begin with an underscore are notes; null stands for the
 * default. Throws an Error that names an unknown option, one of the wrong type, or a value that is not supported.
 */
export function readOptions<T extends object>(
  className: string,
  config: Readonly<Record<string, unknown>>,
  spec: OptionSpec<T>,
): T {
  const options: Record<string, unknown> = Object.fromEntries(Object.entries(spec.defaults));
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith("_") || value === null) continue;
    if (Object.hasOwn(spec.fixed, key)) assertFixed(className, { key, value, only: spec.fixed[key] });
    else options[key] = checkType(className, key, { value, fallback: options[key] });
  }
  return options as T;
}

function assertFixed(
  className: string,
  { key, value, only }: { key: string; value: unknown; only: unknown },
): void {
  if (value === only) return;
  throw new Error(
    `${className}: ${key} ${JSON.stringify(value)} is not supported; it must be ${JSON.stringify(only)}.`,
  );
}

function checkType(
  className: string,
  key: string,
  { value, fallback }: { value: unknown; fallback: unknown },
): unknown {
  if (fallback === undefined) throw new Error(`${className}: unknown option ${key}.`);
  if (typeof value !== typeof fallback || (typeof value === "number" && !Number.isFinite(value))) {
    throw new Error(`${className}: ${key} must be a ${typeof fallback}, got ${JSON.stringify(value)}.`);
  }
  return value;
}

/** `value` if it is one of `choices`; otherwise an Error that lists them. */
export function oneOf<T extends string>(
  className: string,
  key: string,
  value: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new Error(
      `${className}: ${key} ${JSON.stringify(value)} is not supported; it must be one of ${choices.join(", ")}.`,
    );
  }
  return found;
}
