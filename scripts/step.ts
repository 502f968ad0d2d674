import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { errorMessage } from "@kinora/errors";

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, "..");

/** One named thing to do; it fails by throwing. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Where and how a command runs. */
export interface CommandOptions {
  /** Print as it comes instead of collecting. */
  readonly inherit?: boolean;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command with the repository's own binaries first on PATH. A missing command is exit code 127. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const path = [join(ROOT, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, PATH: path, ...options.env },
    stdio: ["ignore", options.inherit ? "inherit" : "pipe", options.inherit ? "inherit" : "pipe"],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => resolve(code ?? 1));
  });
  return { exitCode, output: Buffer.concat(chunks).toString("utf8") };
}

/** A step that succeeds when its command exits with 0, and otherwise shows what it printed. */
export function commandStep(name: string, command: string, ...args: string[]): Step {
  return {
    name,
    run: async () => {
      const { exitCode, output } = await runCommand(command, args);
      if (exitCode !== 0) throw new Error(output.trim() || `${command} ended with exit code ${exitCode}`);
    },
  };
}

/** Runs every step, also after a failure; prints each with its time; returns how many failed. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    const startedAt = performance.now();
    const error = await step.run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${error === undefined ? "ok    " : "FAILED"} ${step.name.padEnd(28)} ${seconds} s`);
    if (error === undefined) continue;
    failed += 1;
    console.log(indent(errorMessage(error)));
  }
  return failed;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
