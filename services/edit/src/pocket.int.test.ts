import { create } from "@bufbuild/protobuf";
import { edit } from "@kinora/contracts";
import { createTorchGenerator } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { float32Tensor } from "@kinora/inference";
import { createModelHost, type OwnedModelHost } from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import { openOnFixtures } from "@kinora/testing";
import { beforeAll, expect, it, vi } from "vitest";
import { createEditClip } from "./edit-clip.ts";
import { createEditImage } from "./edit-image.ts";
import { editorOf } from "./editors.ts";

// fixtures/models/tiny-editor: the family's editor at toy width, with random weights and a threshold of 0.

const MODEL = "tiny-editor";
let host: OwnedModelHost;
const { signal } = new AbortController();
const context = { signal } as never;

beforeAll(async () => {
  const logger = createLogger({ service: "test", level: "silent" });
  const opened = await openOnFixtures((config) => createModelHost(config, logger));
  host = opened.host;
  return opened.close;
});

async function interpret(instruction: string) {
  const model = await host.models.get(MODEL);
  return editorOf(model).interpret({ host, model, instruction });
}

/** Words of the edit vocabulary that this network of random weights reads as an edit of pictures that it draws. */
async function drawnInstruction(): Promise<string> {
  const model = await host.models.get(MODEL);
  const { tasks } = model.config("task_predictor") as { tasks: { name: string; drawn: boolean }[] };
  const drawn = new Set(tasks.filter((task) => task.drawn).map(({ name }) => name));
  return wordsReadAs((task) => drawn.has(task) && task !== "camera" && task !== "action");
}

async function wordsReadAs(isWanted: (task: string) => boolean): Promise<string> {
  const words = [
    "blue",
    "dog",
    "make",
    "rain",
    "night",
    "hat",
    "cat",
    "beach",
    "run",
    "sketch",
    "zoom",
    "red",
  ];
  for (const first of words) {
    for (const second of words) {
      const { task } = await interpret(`${first} ${second}`);
      if (isWanted(task)) return `${first} ${second}`;
    }
  }
  throw new Error("No two of these words are read so.");
}

interface EditClipOptions {
  readonly frames?: number;
  readonly textScale?: number;
  readonly imageScale?: number;
  /** Steps after which the caller leaves. */
  readonly leaveAfter?: number;
}

async function editClip(instruction: string, options: EditClipOptions = {}) {
  const { frames = 4, textScale = 1, imageScale = 1, leaveAfter } = options;
  const caller = new AbortController();
  const noise = createTorchGenerator(5n).randn(frames * 3 * 64 * 64);
  const source = float32Tensor(noise, [frames, 3, 64, 64]);
  const request = create(edit.EditClipRequestSchema, {
    target: {
      model: MODEL,
      outputPrefix: `${instruction.replaceAll(" ", "-")}/${frames}/${imageScale}/${performance.now()}/`,
    },
    source: await host.artifacts.writeTensors("source.safetensors", { latents: source }),
    ...{
      instruction,
      seed: 3n,
      numInferenceSteps: 2,
      guidanceScale: textScale,
      imageGuidanceScale: imageScale,
    },
  });
  const progress: number[] = [];
  for await (const { event } of createEditClip(host)(request, { signal: caller.signal } as never)) {
    if (event?.case === "progress") progress.push(event.value.completed ?? 0);
    if (progress.at(-1) === leaveAfter) caller.abort(new AppError("cancelled"));
    if (event?.case === "result") {
      const { keyFrames, timings } = event.value;
      return {
        progress,
        latents: await host.artifacts.readTensor(keyFrames as never, "latents", signal),
        timings,
      };
    }
  }
  throw new Error("No result.");
}

it("understands nothing in words that it does not know, or in none", async () => {
  expect(await interpret("qwzx vbnm")).toMatchObject({
    ...{ task: "", confidence: 1 },
    hint: expect.stringContaining("another colour") as string,
  });
  expect(await interpret("  ")).toMatchObject({ task: "" });
});

it("changes all key frames of a clip at once", async () => {
  const instruction = await drawnInstruction();
  const { progress, latents, timings } = await editClip(instruction);
  expect(progress).toEqual([0, 1, 2]);
  expect(latents.dims).toEqual([4, 3, 64, 64]);
  expect(timings?.modelS).toBeGreaterThan(0);
  expect(Math.max(...latents.data.map(Math.abs))).toBeLessThanOrEqual(1);
  const again = await editClip(instruction);
  expect(again.latents.data).toEqual(latents.data);
});

it("ends a clip's edit when its caller leaves", async () => {
  const instruction = await drawnInstruction();
  await expect(editClip(instruction, { leaveAfter: 1 })).rejects.toMatchObject({ code: "cancelled" });
});

it("weighs the picture where a scale asks for it", async () => {
  const instruction = await drawnInstruction();
  const plain = await editClip(instruction, { frames: 1 });
  const strong = await editClip(instruction, { frames: 1, imageScale: 2 });
  expect(strong.latents.data).not.toEqual(plain.latents.data);
});

it("weighs the words as their task needs where no scale is told", async () => {
  const camera = await wordsReadAs((task) => task === "camera");
  const { data } = (await editClip(camera, { textScale: 0 })).latents;
  expect(data).toEqual((await editClip(camera, { textScale: 1.5 })).latents.data);
  expect(data).not.toEqual((await editClip(camera, { textScale: 1 })).latents.data);
  const other = await drawnInstruction();
  const plain = await editClip(other, { textScale: 0 });
  expect(plain.latents.data).toEqual((await editClip(other, { textScale: 1 })).latents.data);
});

it("guides only while the layout is decided", async () => {
  const instruction = await drawnInstruction();
  const runs = vi.spyOn(host.engine, "run");
  const countRuns = async (options: EditClipOptions) => {
    runs.mockClear();
    await editClip(instruction, options);
    return runs.mock.calls.length;
  };
  const plain = await countRuns({ frames: 1 });
  // Of two steps the second begins at noise level 0.5.
  expect(await countRuns({ frames: 1, textScale: 2 })).toBe(plain + 1);
  expect(await countRuns({ frames: 1, textScale: 2, imageScale: 2 })).toBe(plain + 2);
  runs.mockRestore();
});

it("refuses what it does not understand, naming the edits, and several pictures at once", async () => {
  await expect(editClip("qwzx")).rejects.toMatchObject({
    code: "edit_not_understood",
    message: expect.stringContaining("slow motion") as string,
  });
  const request = create(edit.EditImageRequestSchema, {
    target: { model: MODEL, outputPrefix: "n/" },
    ...{ instruction: "blue", numInferenceSteps: 2, numImages: 2 },
  });
  const events = createEditImage(host)(request, context);
  await events.next();
  await expect(events.next()).rejects.toMatchObject({ code: "invalid_request" });
});
