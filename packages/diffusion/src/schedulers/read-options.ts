/** One option of a scheduler class: its default and what it accepts. */
export interface OptionKind<T> {
  /** diffusers' default. */
  readonly fallback: T;
  readonly accepts: (value: unknown) => boolean;
  /** The end of an error message: "must be a number". */
  readonly rule: string;
}

/** The options of a scheduler class, under diffusers' names. */
export type OptionKinds = Readonly<Record<string, OptionKind<unknown>>>;

/** The values that `kinds` describe. */
export type OptionsOf<K extends OptionKinds> = {
  readonly [P in keyof K]: K[P] extends OptionKind<infer T> ? T : never;
};

/** A finite number, or minus infinity where that is the default. */
export function numberOption(fallback: number): OptionKind<number> {
  const accepts = (value: unknown): boolean =>
    typeof value === "number" && (Number.isFinite(value) || value === fallback);
  return { fallback, accepts, rule: "must be a number" };
}

/** A whole number, not less than `least`. */
export function integerOption(fallback: number, least = 0): OptionKind<number> {
  const accepts = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= least;
  return { fallback, accepts, rule: `must be a whole number of ${least} or more` };
}

/** True or false. */
export function booleanOption(fallback: boolean): OptionKind<boolean> {
  return { fallback, accepts: (value) => typeof value === "boolean", rule: "must be a boolean" };
}

/** One of some words; the first one is the default. */
export function choiceOption<const T extends string>(...choices: readonly [T, ...T[]]): OptionKind<T> {
  const accepts = (value: unknown): boolean => choices.some((choice) => choice === value);
  return { fallback: choices[0], accepts, rule: `must be one of ${choices.join(", ")}` };
}

/** A list of finite numbers. */
export function numbersOption(fallback: readonly number[]): OptionKind<readonly number[]> {
  const accepts = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isFinite);
  return { fallback, accepts, rule: "must be a list of numbers" };
}

/** An option whose default is null, for "not given". */
export function nullable<T>(kind: OptionKind<T>): OptionKind<T | null> {
  return { ...kind, fallback: null };
}

/** An option of which only one value is implemented. */
export function onlyOption<const T extends boolean | null>(value: T): OptionKind<T> {
  return { fallback: value, accepts: (given) => given === value, rule: `must be ${value}` };
}

/**
 * Reads the options of a scheduler_config.json. Keys that begin with an underscore are notes; null stands for the
 * default; `ignored` are keys that diffusers keeps in the file but does not read for this class. Throws an Error that
 * names an unknown option, or one whose value is not supported.
 */
export function readOptions<K extends OptionKinds>(
  className: string,
  config: Readonly<Record<string, unknown>>,
  kinds: K,
  ignored: ReadonlySet<string> = new Set(),
): OptionsOf<K> {
  const options = Object.fromEntries(Object.entries(kinds).map(([key, kind]) => [key, kind.fallback]));
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith("_")) continue;
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) {
      if (!ignored.has(key)) throw new Error(`${className}: unknown option ${key}.`);
    } else if (value !== null) {
      if (!kind.accepts(value)) {
        const got = typeof value === "number" ? value : JSON.stringify(value);
        throw new Error(`${className}: ${key} ${kind.rule}, got ${got}.`);
      }
      options[key] = value;
    }
  }
  return options as OptionsOf<K>;
}
