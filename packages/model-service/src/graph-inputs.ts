import { AppError } from "@kinora/errors";
import type { EngineSession } from "@kinora/inference";

/**
 * The fixed trailing dimensions of a graph's input, as the session declares them.
 * Throws `model_invalid` naming the input when there are not `count` fixed ones.
 */
export function fixedDimensions(session: EngineSession, input: string, count: number): number[] {
  const declared = session.inputs.find(({ name }) => name === input)?.shape;
  const trailing = declared?.slice(-count) ?? [];
  const fixed = trailing.filter((dimension) => typeof dimension === "number");
  if (fixed.length === count) return fixed;
  throw new AppError("model_invalid", {
    model: session.graphPath,
    reason: `input ${input} must end in ${count} fixed dimensions, got [${declared?.join(", ") ?? "no such input"}].`,
  });
}
