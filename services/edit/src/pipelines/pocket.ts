import { createTorchGenerator, guideEdit, type Predict } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { elementCount, float32Tensor, int64Tensor, type TensorOf } from "@kinora/inference";
import { createRequestSchedule, loadWordTokenizer, readFloats } from "@kinora/model-service";
import { describeEdits } from "./describe-edits.ts";
import type {
  ClipEditContext,
  Editor,
  InstructionContext,
  PictureEdit,
  PictureEditContext,
} from "./picture-edit.ts";
import { interpretInstruction, TASK_PREDICTOR, type UnderstoodInstruction } from "./task-predictor.ts";
import { readTaskPredictorConfig } from "./task-predictor-config.ts";

type FloatTensor = TensorOf<"float32">;
type Context = PictureEditContext | ClipEditContext;

/** Key frames per second, as the editor's frame_times count them. */
const KEY_FRAME_RATE = 4;
/** The timestep of pure noise, whose level is 1. */
const TRAIN_TIMESTEPS = 1000;
/** Latents of this family are small pictures. */
const RANGE = 1;

/**
 * The embedded family's editor (Emu Edit, arXiv 2311.10089, at small size): source frames enter beside the noise, the
 * instruction by cross-attention, task and value by learned tables. A picture is a clip of one frame.
 */
export const pocketEditor: Editor = {
  async interpret(context) {
    const { entry, ...interpretation } = await interpretInstruction(context);
    return entry ? interpretation : { hint: editsOf(context, "clip"), ...interpretation };
  },
  async prepareEdit(context) {
    if (context.request.numImages > 1) {
      throw new AppError("invalid_request", { reason: "this model edits one picture at a time (n = 1)." });
    }
    return prepare(context, "picture");
  },
  prepareClipEdit: (context) => prepare(context, "clip"),
};

async function prepare(context: Context, what: "picture" | "clip"): Promise<PictureEdit> {
  const { host, model, request, signal } = context;
  const understood = await understand(context, what);
  const source = await host.artifacts.readTensor(request.source, "latents", signal);
  const [frames = 1, ...pictureSize] = source.dims;
  const { randn: drawNormal } = createTorchGenerator(request.seed);
  // Every frame begins from the same noise, so that they agree on what is drawn anew.
  const picture = drawNormal(elementCount(pictureSize));
  const noise = new Float32Array(source.data.length);
  for (let frame = 0; frame < frames; frame++) noise.set(picture, frame * picture.length);
  const schedule = createRequestSchedule(model.scheduler, { numSteps: request.numInferenceSteps });
  const predict = await createPredict(context, source, understood);
  return { size: source.dims, range: RANGE, options: { schedule, noise, predict, signal } };
}

/** The instruction's task, if the editor draws it; otherwise why not. */
async function understand(context: Context, what: "picture" | "clip"): Promise<UnderstoodInstruction> {
  const { model, request, signal, clock } = context;
  const { instruction } = request;
  const understood = await interpretInstruction({
    ...{ host: context.host, model, instruction, signal },
    onComputed: clock.onComputed,
  });
  const { entry, hint } = understood;
  if (entry === undefined || (entry.clip_only && what === "picture")) {
    throw new AppError("edit_not_understood", {
      instruction: JSON.stringify(instruction),
      edits: hint ?? editsOf(context, what),
    });
  }
  if (!model.pipeline.graphs.includes("editor")) {
    const reason = `model ${model.folder.name} changes a clip's time only; it has no editor that draws.`;
    throw new AppError("capability_missing", { capability: `The edit ${entry.name}`, reason });
  }
  return { ...understood, entry };
}

function editsOf({ model }: Pick<InstructionContext, "model">, what: "picture" | "clip"): string {
  const { tasks } = readTaskPredictorConfig(model.folder.name, model.config(TASK_PREDICTOR));
  return describeEdits(tasks, what);
}

/** The editor, guided by both scales where one differs from 1: picture and words, picture alone, neither. */
async function createPredict(
  context: Context,
  source: FloatTensor,
  understood: UnderstoodInstruction,
): Promise<Predict> {
  const { host, model, request, signal, clock } = context;
  const { imageGuidanceScale: imageScale } = request;
  const textScale = request.guidanceScale || textScaleOf(model, understood);
  const [frames = 1, ...pictureSize] = source.dims;
  const dims = [1, frames, ...pictureSize];
  const session = await model.session("editor");
  const words = await encodeInstruction(context);
  const told = { encoder_hidden_states: words.told, edit_ids: editIds(context, understood) };
  const untold = { encoder_hidden_states: words.untold, edit_ids: int64Tensor([0, 0], [1, 2]) };
  const shown = { image_latents: float32Tensor(source.data, dims) };
  const hidden = { image_latents: float32Tensor(new Float32Array(source.data.length), dims) };
  const times = Float32Array.from({ length: frames }, (_, index) => index / KEY_FRAME_RATE);
  const { guided_above: guidedAbove = 0 } = model.config("editor") as { readonly guided_above?: number };
  const isGuided = (timestep: number) =>
    (textScale !== 1 || imageScale !== 1) && timestep > TRAIN_TIMESTEPS * guidedAbove;
  return async (sample, timestep) => {
    const fixed = {
      sample: float32Tensor(sample, dims),
      timestep: float32Tensor(Float32Array.of(timestep), [1]),
      frame_times: float32Tensor(times, [1, frames]),
    };
    const run = async (inputs: typeof told & typeof shown): Promise<Float32Array> => {
      const options = { signal, onComputed: clock.onComputed };
      const outputs = await host.engine.run(session, { ...fixed, ...inputs }, options);
      return readFloats(outputs, "out_sample", { rank: 5, what: "The output of editor" }).data;
    };
    const full = await run({ ...told, ...shown });
    if (!isGuided(timestep)) return full;
    const image = await run({ ...untold, ...shown });
    // At 1 the picture's own weight leaves what is drawn without it out of the sum.
    const unconditional = imageScale === 1 ? image : await run({ ...untold, ...hidden });
    return guideEdit({ unconditional, image, full }, { imageScale, textScale });
  };
}

/** How strongly the words steer where the caller does not say: what their task needs. */
function textScaleOf(model: Context["model"], { task }: UnderstoodInstruction): number {
  const { defaults, task_guidance: byTask } = model.config("editor") as {
    readonly defaults: { readonly guidance_scale: number };
    readonly task_guidance?: Readonly<Record<string, number>>;
  };
  return byTask?.[task] ?? defaults.guidance_scale;
}

/** Rows of the editor's tables: the task and its value; 0 stands for "not told". */
function editIds({ model }: Context, { task, parameters }: UnderstoodInstruction) {
  const { tasks, values } = model.config("editor") as {
    readonly tasks: readonly (string | null)[];
    readonly values: readonly (string | null)[];
  };
  const [parameter] = Object.entries(parameters).map(([head, value]) => `${head}/${value}`);
  const value = parameter === undefined ? 0 : values.indexOf(parameter);
  return int64Tensor([Math.max(0, tasks.indexOf(task)), Math.max(0, value)], [1, 2]);
}

/** The instruction by the editor's own text encoder, and the row that stands for none. */
async function encodeInstruction({ host, model, request, signal, clock }: Context) {
  const { tokenizer: folder } = model.config("editor_text_encoder") as { readonly tokenizer: string };
  const tokenizer = await loadWordTokenizer(model.folder, folder);
  const rows = [request.instruction, ""].map((text) => tokenizer.tokenize(text).ids);
  const length = rows[0]?.length ?? 0;
  const ids = int64Tensor(
    rows.flatMap((row) => [...row]),
    [2, length],
  );
  const session = await model.session("editor_text_encoder");
  const options = { signal, onComputed: clock.onComputed };
  const outputs = await host.engine.run(session, { input_ids: ids }, options);
  const what = "The output of editor_text_encoder";
  const { data, dims } = readFloats(outputs, "last_hidden_state", { rank: 3, what });
  const half = data.length / 2;
  const row = (index: number) =>
    float32Tensor(data.subarray(index * half, (index + 1) * half), [1, ...dims.slice(1)]);
  return { told: row(0), untold: row(1) };
}
