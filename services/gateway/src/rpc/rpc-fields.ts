/** A text of a message; gRPC's empty one is one that was not sent. */
export function textOf(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** Above 2^53 a seed stays a string, which validation refuses by its exact digits. */
export function seedOf(seed: bigint | undefined): number | string | undefined {
  return seed === undefined || seed > Number.MAX_SAFE_INTEGER ? seed?.toString() : Number(seed);
}
