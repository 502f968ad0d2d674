import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createKinoraClient } from "@kinora/client";
import { edit } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { createRpcClient } from "@kinora/runtime";
import type { CliContext } from "../cli-context.ts";
import { isTemporalTask } from "../clip/edit-clip.ts";
import { makeAndEdit } from "../clip/make-and-edit.ts";
import { createStack, type Stack, type StackAddresses } from "../stack/create-stack.ts";

/** Options of `kinora demo`. */
export interface DemoOptions {
  readonly image?: string;
  readonly edit?: string;
  readonly seed?: bigint;
  readonly out?: string;
}

/** A dog that runs on a grassy hillock. */
const DEFAULT_PROMPT = "un cane che corre su una collinetta erbosa";

/** Starts everything on free ports, makes one clip and what `--edit` makes of it, stops everything, however it ends. */
export async function runDemo(
  context: CliContext,
  prompt: string | undefined,
  options: DemoOptions,
): Promise<void> {
  await using folder = await openDemoFolder(context);
  const stack = createStack({
    env: { ...context.env, KINORA_HOST: "127.0.0.1", KINORA_HTTP_PORT: "0", KINORA_GRPC_PORT: "0" },
    dataDir: folder.path,
    logFd: folder.logFd,
    onEvent: context.note,
  });
  try {
    const addresses = await startStack(context, stack);
    const { edit: words } = options;
    if (words !== undefined && !isTemporalTask(words)) await interpretEdit(addresses, words, context.signal);
    await makeDemoClip(context, addresses, prompt, options);
    folder.succeeded = true;
  } finally {
    await stack.stop();
  }
}

async function startStack(context: CliContext, stack: Stack): Promise<StackAddresses> {
  const startedAt = performance.now();
  const interrupted = new Promise<never>((_, reject) => {
    context.signal.addEventListener("abort", () => reject(context.signal.reason as Error), { once: true });
  });
  interrupted.catch(() => undefined);
  const addresses = await Promise.race([stack.start(), interrupted]);
  context.note(`  five services ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return addresses;
}

async function makeDemoClip(
  context: CliContext,
  addresses: StackAddresses,
  prompt: string | undefined,
  { image, edit: instruction, seed, out }: DemoOptions,
): Promise<void> {
  // A picture alone is a request of its own: the picture moves, no sentence is put beside it.
  const words = prompt ?? (image === undefined ? DEFAULT_PROMPT : undefined);
  context.note(words === undefined ? `  ${image}` : `  "${words}"`);
  const client = createKinoraClient({ grpcAddress: addresses.grpc });
  try {
    await makeAndEdit(context, client, { prompt: words, image, edit: instruction, seed, out });
  } finally {
    client.close();
  }
}

/** Asks before the clip is made whether the words can be followed: nobody should wait for a refusal. */
async function interpretEdit(addresses: StackAddresses, words: string, signal: AbortSignal): Promise<void> {
  const service = createRpcClient(edit.EditService, { address: addresses.services.edit });
  try {
    const { task, hint } = await service.interpret({ instruction: words }, { signal });
    if (task !== "") return;
    const fields = { instruction: JSON.stringify(words), edits: hint };
    throw new AppError("edit_not_understood", fields);
  } finally {
    service.close();
  }
}

/** Where one demo keeps its data: KINORA_DATA_DIR, else a folder that goes when the demo succeeded. */
async function openDemoFolder(context: CliContext) {
  const { env, workingDir } = context;
  const given = env["KINORA_DATA_DIR"];
  const path = given ? resolve(workingDir, given) : await mkdtemp(join(tmpdir(), "kinora-demo-"));
  await mkdir(path, { recursive: true });
  const logFile = join(path, "kinora.log");
  const log = await open(logFile, "a");
  const folder = {
    path,
    logFd: log.fd,
    succeeded: false,
    async [Symbol.asyncDispose]() {
      await log.close();
      const keep = given !== undefined || !(folder.succeeded || context.signal.aborted);
      if (!keep) await rm(path, { recursive: true, force: true });
      if (!folder.succeeded && keep) context.note(`  the log is in ${logFile}`);
    },
  };
  return folder;
}
