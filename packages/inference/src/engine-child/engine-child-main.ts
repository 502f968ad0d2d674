import { fstatSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { env } from "onnxruntime-node";
import { castTensor } from "../tensor/cast-tensor.ts";
import { toPixels } from "../tensor/pixels.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { chooseProvider } from "./choose-provider.ts";
import {
  type CallMessage,
  type EngineCalls,
  EXCHANGE_FD,
  FRAME_SLOT_FD,
  FRAME_SLOTS,
  type Frames,
  type PlacedTensor,
  type ReplyMessage,
} from "./protocol.ts";
import { createSessionTable, type SessionTable } from "./session-table.ts";
import { createTensorExchange } from "./tensor-exchange.ts";

// The process that owns ONNX Runtime. Its runs block it, so it does nothing else: see ../engine.ts for its host.
env.logLevel = "error";
process.on("disconnect", () => process.exit(0));
// Signals of a terminal go to the whole group; the host decides when this process ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
new Worker(new URL(`./lifeline-main.${extension}`, import.meta.url));

const openExchange = (fd: number) => createTensorExchange(fstatSync(fd).isFile() ? fd : undefined);
const exchange = openExchange(EXCHANGE_FD);
const frameSlots = Array.from({ length: FRAME_SLOTS }, (_, slot) => openExchange(FRAME_SLOT_FD + slot));
let table: SessionTable | undefined;
let queue: Promise<void> = Promise.resolve();
process.on("message", (message: CallMessage) => {
  queue = queue.then(() => answer(message));
});

async function answer(message: CallMessage): Promise<void> {
  try {
    const reply = await handle(message);
    send({ id: message.id, reply });
  } catch (error) {
    send({ id: message.id, error: error instanceof Error ? error.message : String(error) });
  }
}

function send(message: ReplyMessage): void {
  process.send?.(message);
}

async function handle(message: CallMessage): Promise<EngineCalls[CallMessage["kind"]]["reply"]> {
  switch (message.kind) {
    case "open":
      return open(message.request);
    case "load":
      return opened().load(message.request);
    case "put":
      return put(message.request);
    case "run":
      return run(message.request);
    case "stream":
      return stream(message.request);
    case "release":
      await opened().release(message.request);
      return null;
  }
}

async function open({
  device,
  threads,
}: EngineCalls["open"]["request"]): Promise<EngineCalls["open"]["reply"]> {
  const choice = await chooseProvider(device);
  table = createSessionTable({ provider: choice.provider, threads });
  return { ...choice, version: env.versions.node ?? "unknown" };
}

function opened(): SessionTable {
  if (table === undefined) throw new Error("The engine was not opened. This is a bug.");
  return table;
}

async function put({ handle, tensor }: EngineCalls["put"]["request"]): Promise<null> {
  const taken = await exchange.take({ tensor });
  opened().put(handle, taken["tensor"] as Tensor);
  return null;
}

async function run(request: EngineCalls["run"]["request"]): Promise<EngineCalls["run"]["reply"]> {
  const reply = await opened().run({ ...request, feeds: await exchange.take(request.feeds) });
  return { ...reply, outputs: await exchange.place(reply.outputs) };
}

/** Takes its inputs from a slot, and leaves the frames there. */
async function stream({
  session,
  feeds,
  output,
  layout,
  slot,
}: EngineCalls["stream"]["request"]): Promise<EngineCalls["stream"]["reply"]> {
  const place = frameSlots[slot];
  const taken = await (place ?? exchange).take(feeds);
  const { outputs, computedMs } = await opened().run({ session, feeds: taken, fetches: [output], keep: {} });
  const given = outputs[output];
  // Folders exported in half precision give it at the graph's boundary too.
  const tensor = given?.type === "float16" ? castTensor(given, "float32") : given;
  let frames: Frames;
  if (layout === "nchw-float" && tensor?.type === "float32") frames = toPixels(tensor);
  else if (layout === "uint8" && tensor?.type === "uint8") frames = tensor;
  else throw new Error(`Output ${output} is ${tensor?.type}, which does not stream as ${layout}.`);
  const placed = await place?.place({ frames });
  return { computedMs, frames: (placed?.["frames"] as Frames | PlacedTensor | undefined) ?? frames };
}
