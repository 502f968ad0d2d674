import type { JsonObject } from "@kinora/inference";

/** An entry of `added_tokens` in a tokenizer.json. */
export interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly normalized: boolean;
  readonly special: boolean;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** The special tokens that a tokenizer's files name, by role. */
export type SpecialTokens = Readonly<Partial<Record<(typeof ROLES)[number], string>>>;

const ROLES = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

/** Reads the roles from tokenizer_config.json, else from special_tokens_map.json. */
export function readSpecialTokens(config: JsonObject, map: JsonObject): SpecialTokens {
  const entries = ROLES.flatMap((role) => {
    const content = contentOf(config[role]) ?? contentOf(map[role]);
    return content === undefined ? [] : [[role, content]];
  });
  return Object.fromEntries(entries) as SpecialTokens;
}

/**
 * All tokens that are cut out of a text before anything else: those of tokenizer.json, then, as transformers adds them,
 * those of `added_tokens_decoder`, then the special tokens that are still missing (SDXL's second tokenizer pads with
 * `!`, which is thereby special in prompts too).
 */
export function completeAddedTokens(
  given: readonly AddedTokenJson[],
  config: JsonObject,
  { special, idOf }: { special: SpecialTokens; idOf: (token: string) => number | undefined },
): AddedTokenJson[] {
  const tokens = new Map(given.map((token) => [token.content, token]));
  const add = (token: AddedTokenJson): void => {
    if (!tokens.has(token.content)) tokens.set(token.content, token);
  };
  for (const [id, entry] of Object.entries((config["added_tokens_decoder"] ?? {}) as JsonObject)) {
    const content = contentOf(entry);
    if (content !== undefined) add({ ...flagsOf(entry as JsonObject), id: Number(id), content });
  }
  for (const role of ROLES) {
    const content = special[role];
    const id = content === undefined ? undefined : idOf(content);
    if (content === undefined || id === undefined) continue;
    const entry = typeof config[role] === "object" ? (config[role] as JsonObject) : {};
    add({ ...flagsOf(entry), special: true, id, content });
  }
  return [...tokens.values()];
}

function flagsOf(entry: JsonObject): Omit<AddedTokenJson, "id" | "content"> {
  return {
    normalized: entry["normalized"] === true,
    special: entry["special"] === true,
    single_word: entry["single_word"] === true,
    lstrip: entry["lstrip"] === true,
    rstrip: entry["rstrip"] === true,
  };
}

/** A token is written as a string, or as an object with its content. */
function contentOf(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}
