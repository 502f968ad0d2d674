import { AppError } from "@kinora/errors";
import { int64Tensor, type ModelFolder, type TensorOf } from "@kinora/inference";
import { penultimateState, readFloats, type TextEncoder } from "@kinora/model-service";
import { joinLengths, joinWidths, padWidth, rowOf } from "./hidden-states.ts";
import type { EncodedPrompt, EncodePromptText, PromptRun } from "./prompt-encoding.ts";
import { loadSubwordTokenizer, type SubwordTokenizer } from "./subword-tokenizer.ts";
import { type CutPrompt, truncationWarnings } from "./truncation-warnings.ts";

type Floats = TensorOf<"float32">;

/** diffusers' max_sequence_length of T5 in Stable Diffusion 3. */
const T5_LENGTH = 256;

/** What one text encoder gives for all rows. */
interface Encoding {
  /** [B, L, D] */
  readonly hidden: Floats;
  /** [B, P] */
  readonly pooled: Floats | undefined;
  readonly cut: readonly CutPrompt[];
}

/** Prompts for diffusers' pipelines: CLIP, SDXL's two encoders, SD3's three. */
export function createSubwordEncoding(): EncodePromptText {
  const tokenizers = new WeakMap<ModelFolder, Map<string, Promise<SubwordTokenizer>>>();
  const tokenizerOf = (folder: ModelFolder, component: string): Promise<SubwordTokenizer> => {
    const ofFolder = tokenizers.get(folder) ?? new Map<string, Promise<SubwordTokenizer>>();
    tokenizers.set(folder, ofFolder);
    const known = ofFolder.get(component) ?? loadSubwordTokenizer(folder, component);
    ofFolder.set(component, known);
    return known;
  };

  return async (run) => {
    const { model, prompt, negativePrompt } = run;
    const { pipeline } = model;
    const [first] = pipeline.textEncoders;
    if (!first) {
      const hint = "It is told what to make by a picture alone.";
      throw new AppError("unsupported_parameter", { model: model.folder.name, field: "prompt", hint });
    }
    const zeroNegative = pipeline.forceZerosForEmptyPrompt && negativePrompt.trim() === "";
    const texts = zeroNegative ? [prompt] : [prompt, negativePrompt];
    const clipLength = (await tokenizerOf(model.folder, first.tokenizer)).maxLength;
    const encodings: Encoding[] = [];
    for (const encoder of pipeline.textEncoders) {
      const tokenizer = await tokenizerOf(model.folder, encoder.tokenizer);
      encodings.push(await encodeTexts(run, { encoder, tokenizer, texts, clipLength }));
    }
    return toEmbedding(run, encodings);
  };
}

interface EncodeOptions {
  readonly encoder: TextEncoder;
  readonly tokenizer: SubwordTokenizer;
  readonly texts: readonly string[];
  /** SD3 cuts for both CLIP encoders where the first tokenizer does. */
  readonly clipLength: number;
}

async function encodeTexts(run: PromptRun, options: EncodeOptions): Promise<Encoding> {
  const { host, model, clock, signal } = run;
  const { encoder, tokenizer, texts } = options;
  const length = lengthOf(run, options);
  const prompts = texts.map((text) => tokenizer.encode(text, length));
  const session = await model.session(encoder.component);
  const isPenultimate = encoder.kind !== "t5" && readsPenultimate(run);
  const name = isPenultimate ? penultimateState(model.config(encoder.component)) : "last_hidden_state";
  const isPooled = encoder.kind === "clip-pooled";
  const outputs = await host.engine.run(
    session,
    {
      input_ids: int64Tensor(
        prompts.flatMap(({ ids }) => ids),
        [texts.length, length],
      ),
    },
    { fetches: isPooled ? [name, "text_embeds"] : [name], signal, onComputed: clock.onComputed },
  );
  const what = `The output of ${encoder.component}`;
  return {
    hidden: readFloats(outputs, name, { rank: 3, what }),
    pooled: isPooled ? readFloats(outputs, "text_embeds", { rank: 2, what }) : undefined,
    cut: prompts.map(({ cut }) => ({ cut, length, component: encoder.component })),
  };
}

function readsPenultimate({ model }: PromptRun): boolean {
  return model.pipeline.kind === "stable-diffusion-xl" || model.pipeline.kind === "stable-diffusion-3";
}

function lengthOf({ model }: PromptRun, { encoder, tokenizer, clipLength }: EncodeOptions): number {
  if (encoder.kind === "t5") return T5_LENGTH;
  const isSd3 = model.pipeline.kind === "stable-diffusion-3";
  const { max_position_embeddings: positions } = model.config(encoder.component);
  const most = typeof positions === "number" ? positions : Number.POSITIVE_INFINITY;
  const length = Math.min(isSd3 ? clipLength : tokenizer.maxLength, most);
  if (Number.isFinite(length)) return length;
  throw new AppError("model_invalid", {
    model: model.folder.name,
    reason: `${encoder.tokenizer}/tokenizer_config.json must have a model_max_length, or ${encoder.component}/config.json max_position_embeddings.`,
  });
}

function toEmbedding(run: PromptRun, encodings: readonly Encoding[]): EncodedPrompt {
  const hidden = joinHidden(run, encodings);
  const pooledParts = encodings.flatMap(({ pooled }) => pooled ?? []);
  const pooled = pooledParts.length > 0 ? joinWidths(pooledParts) : undefined;
  const hasNegative = hidden.dims[0] === 2;
  const negativeOf = (tensor: Floats): Floats =>
    hasNegative ? rowOf(tensor, 1) : { ...tensor, data: new Float32Array(tensor.data.length) };
  return {
    tensors: {
      last_hidden_state: rowOf(hidden, 0),
      unconditional: negativeOf(hidden),
      ...(pooled && { pooled: rowOf(pooled, 0), unconditional_pooled: negativeOf(pooled) }),
    },
    warnings: truncationWarnings(encodings.map(({ cut }) => cut)),
  };
}

/** CLIP's states side by side; in SD3 widened to T5's, whose states follow. Without T5 there are zeros. */
function joinHidden({ model }: PromptRun, encodings: readonly Encoding[]): Floats {
  const { kind, textEncoders, denoiser } = model.pipeline;
  const states = encodings.map(({ hidden }) => hidden);
  if (kind !== "stable-diffusion-3") return joinWidths(states);
  const t5 = textEncoders.findIndex((encoder) => encoder.kind === "t5");
  const clip = joinWidths(states.filter((_, index) => index !== t5));
  const { joint_attention_dim: width } = model.config(denoiser);
  const rows = clip.dims[0] ?? 0;
  const long = states[t5] ?? zeros([rows, T5_LENGTH, Number(width)]);
  return joinLengths(padWidth(clip, long.dims[2] ?? 0), long);
}

function zeros(dims: readonly number[]): Floats {
  return { type: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
}
