import { Command, InvalidArgumentError } from "commander";
import { runDemo } from "./commands/demo.js";
import { runDoctor } from "./commands/doctor.js";
import { runGenerate } from "./commands/generate.js";
import { runKeys } from "./commands/keys.js";
import { runServe } from "./commands/serve.js";
/** The command line: `kinora serve | demo | generate | doctor | keys`. */
export function createProgram(context) {
    const program = new Command("kinora")
        .description("A sentence, a picture, or both become a four-second clip.")
        .configureOutput({ writeErr: (text) => context.note(text.trimEnd()) })
        .exitOverride();
    addServe(program, context);
    addDemo(program, context);
    addGenerate(program, context);
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
        .action((args) => runKeys(context, args));
    return program;
}
function addServe(program, context) {
    program
        .command("serve")
        .description("runs the gateway and its four services in the foreground")
        .action(() => runServe(context));
}
function addDemo(program, context) {
    clipOptions(program.command("demo"))
        .description("starts everything on free ports, makes one clip, stops")
        .option("--edit <words>", "edit the clip in words")
        .action((prompt, options) => runDemo(context, prompt, options));
}
function addGenerate(program, context) {
    clipOptions(program.command("generate"))
        .description("makes one clip on a running server")
        .option("--grpc <address>", "HOST:PORT of the server's gRPC (KINORA_GRPC_ADDR, else 127.0.0.1:9090)")
        .option("--api-key <key>", "a key of kinora keys create (KINORA_API_KEY)")
        .option("--model <name>", "which model (the server's default)")
        .action((prompt, options) => runGenerate(context, prompt, options));
}
function clipOptions(command) {
    return command
        .argument("[prompt]", "what happens in the clip, in English or Italian")
        .option("--image <file>", "a JPEG, PNG or WebP picture as the first frame")
        .option("--seed <n>", "the same seed and prompt give the same clip", parseSeed)
        .option("--out <file>", "where the clip goes (./out/PROMPT-SEED.mp4)");
}
function parseSeed(text) {
    if (!/^\d{1,16}$/.test(text) || BigInt(text) > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw new InvalidArgumentError(`A seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
    }
    return BigInt(text);
}
//# sourceMappingURL=create-program.js.map