import type { GenerationContext } from "./generation.ts";
import type { ConditionRows } from "./guided-predict.ts";

/** The words of a request as its denoiser attends to them; both rows where it is guided. */
export async function readText(context: GenerationContext, isGuided: boolean): Promise<ConditionRows> {
  const { last_hidden_state, unconditional } = await readEmbedding(context, [
    "last_hidden_state",
    ...(isGuided ? (["unconditional"] as const) : []),
  ]);
  return isGuided ? [unconditional, last_hidden_state] : [last_hidden_state];
}

/** The same, and the words as one vector each. */
export async function readPooledText(
  context: GenerationContext,
  isGuided: boolean,
): Promise<{ readonly hidden: ConditionRows; readonly pooled: ConditionRows }> {
  const tensors = await readEmbedding(context, [
    "last_hidden_state",
    "pooled",
    ...(isGuided ? (["unconditional", "unconditional_pooled"] as const) : []),
  ]);
  const { last_hidden_state, pooled, unconditional, unconditional_pooled } = tensors;
  if (!isGuided) return { hidden: [last_hidden_state], pooled: [pooled] };
  return { hidden: [unconditional, last_hidden_state], pooled: [unconditional_pooled, pooled] };
}

type EmbeddingName = "last_hidden_state" | "unconditional" | "pooled" | "unconditional_pooled";

function readEmbedding({ host, request, signal }: GenerationContext, required: readonly EmbeddingName[]) {
  return host.artifacts.readTensors(request.embedding, { required }, { field: "embedding", signal });
}
