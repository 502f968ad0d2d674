import { Command, InvalidArgumentError } from "commander";
import type { CliContext } from "./cli-context.ts";
import { type DemoOptions, runDemo } from "./commands/demo.ts";
import { runDoctor } from "./commands/doctor.ts";
import { type EditOptions, runEdit } from "./commands/edit.ts";
import { type GenerateOptions, runGenerate } from "./commands/generate.ts";
import { type ImageOptions, runImage } from "./commands/image.ts";
import { runKeys } from "./commands/keys.ts";
import { runServe } from "./commands/serve.ts";

/** The command line: `kinora serve | demo | generate | image | edit | extend | doctor | keys`. */
export function createProgram(context: CliContext): Command {
  const program = new Command("kinora")
    .description("A sentence, a picture, or both become a four-second clip.")
    .configureOutput({ writeErr: (text) => context.note(text.trimEnd()) })
    .exitOverride();
  addServe(program, context);
  addDemo(program, context);
  addGenerate(program, context);
  addImage(program, context);
  addEdit(program, context);
  addExtend(program, context);
  program
    .command("doctor")
    .description("says what is here, what is missing, and how to get it")
    .action(() => runDoctor(context));
  program
    .command("keys")
    .description("create, revoke and list API keys (kinora keys --help)")
    .helpOption(false)
    .allowUnknownOption()
    .argument("[args...]")
    .action((args: string[]) => runKeys(context, args));
  return program;
}

function addServe(program: Command, context: CliContext): void {
  program
    .command("serve")
    .description("runs the gateway and its four services in the foreground")
    .action(() => runServe(context));
}

function addDemo(program: Command, context: CliContext): void {
  clipOptions(program.command("demo"))
    .description("starts everything on free ports, makes one clip, stops")
    .action((prompt: string | undefined, options: DemoOptions) => runDemo(context, prompt, options));
}

function addGenerate(program: Command, context: CliContext): void {
  serverOptions(clipOptions(program.command("generate")))
    .description("makes one clip on a running server")
    .action((prompt: string | undefined, options: GenerateOptions) => runGenerate(context, prompt, options));
}

function addImage(program: Command, context: CliContext): void {
  serverOptions(program.command("image"))
    .description("draws pictures on a running server")
    .argument("<prompt>", "what should be seen, in English or Italian")
    .option("--edit <words>", "make a second picture: the first, changed in words")
    .option("--count <n>", "how many, 1 to 10", parseCount)
    .option("--seed <n>", "the same seed and prompt give the same picture", parseSeed)
    .option("--out <file>", "where the picture goes, .png, .jpg or .webp (./out/PROMPT-SEED.png)")
    .action((prompt: string, options: ImageOptions) => runImage(context, prompt, options));
}

function addEdit(program: Command, context: CliContext): void {
  serverOptions(program.command("edit"))
    .description("changes a clip or a picture on a running server, in words")
    .argument("<source>", "a video's id, an MP4 file, or a JPEG, PNG or WebP picture")
    .argument("<words>", `what should change; or, of a clip, ${TASKS}`)
    .option("--seed <n>", "the same seed, source and words give the same result", parseSeed)
    .option("--out <file>", "where the result goes (./out/SOURCE-WORDS-SEED.mp4 or .png)")
    .action((source: string, words: string, options: EditOptions) =>
      runEdit(context, { source, words }, options),
    );
}

function addExtend(program: Command, context: CliContext): void {
  serverOptions(program.command("extend"))
    .description("lets a clip go on, on a running server")
    .argument("<source>", "a video's id, or an MP4 file")
    .argument("<prompt>", "what happens next")
    .option("--seed <n>", "the same seed, clip and prompt give the same clip", parseSeed)
    .option("--out <file>", "where the clip goes (./out/SOURCE-PROMPT-SEED.mp4)")
    .action((source: string, words: string, options: EditOptions) =>
      runEdit(context, { source, words, extends: true }, options),
    );
}

/** Changes of time that need no understanding of words. */
const TASKS = "slow_motion, faster, reverse, loop";

function serverOptions(command: Command): Command {
  return command
    .option("--grpc <address>", "HOST:PORT of the server's gRPC (KINORA_GRPC_ADDR, else 127.0.0.1:9090)")
    .option("--api-key <key>", "a key of kinora keys create (KINORA_API_KEY)")
    .option("--model <name>", "which model (the server's default)");
}

function clipOptions(command: Command): Command {
  return command
    .argument("[prompt]", "what happens in the clip, in English or Italian")
    .option("--edit <words>", `make a second clip: the first, changed in words; or ${TASKS}`)
    .option("--image <file>", "a JPEG, PNG or WebP picture as the first frame")
    .option("--seed <n>", "the same seed and prompt give the same clip", parseSeed)
    .option("--out <file>", "where the clip goes (./out/PROMPT-SEED.mp4)");
}

function parseCount(text: string): number {
  if (/^([1-9]|10)$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 1 to 10.");
}

function parseSeed(text: string): bigint {
  if (!/^\d{1,16}$/.test(text) || BigInt(text) > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new InvalidArgumentError(`A seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
  }
  return BigInt(text);
}
