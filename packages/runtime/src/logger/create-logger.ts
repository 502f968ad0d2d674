import { type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import { prettyLine } from "./pretty-line.ts";

/** The logger that every process and library of ours takes: pino's. */
export type Logger = PinoLogger;

/** Where and how much to log. */
export interface LoggerOptions {
  /** Name of the process, in every line. */
  readonly service: string;
  /** Least severe level that is written ("info"). */
  readonly level?: string | undefined;
  /** One line of text for people in place of JSON. */
  readonly pretty?: boolean | undefined;
  /** Keep the `pii` object of a line; without it prompts and URLs are dropped. */
  readonly pii?: boolean | undefined;
  /** Where lines go (standard output). */
  readonly destination?: LogDestination | undefined;
}

/** Anything that takes whole log lines. */
export interface LogDestination {
  write(line: string): unknown;
}

const REDACTED = ["authorization", "cookie", "secret", "password", "token"].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** Makes a process's logger: static messages, fields beside them, secrets and personal data removed. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? process.stdout;
  const settings = {
    level: options.level ?? "info",
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: "[redacted]" },
    formatters: {
      level: (label: string) => ({ level: label }),
      bindings: options.pii === true ? keep : withoutPii,
      log: options.pii === true ? keep : withoutPii,
    },
  };
  if (options.pretty === true) return pino(settings, prettyDestination(destination));
  // Without a stream pino writes synchronously, so that a line before process.exit is not lost.
  return options.destination === undefined ? pino(settings) : pino(settings, destination);
}

function prettyDestination(destination: LogDestination & { isTTY?: boolean }): { write(line: string): void } {
  return { write: (line) => void destination.write(prettyLine(line, destination.isTTY === true)) };
}

function keep(entry: Record<string, unknown>): Record<string, unknown> {
  return entry;
}

function withoutPii(entry: Record<string, unknown>): Record<string, unknown> {
  if (!("pii" in entry)) return entry;
  const { pii: _, ...rest } = entry;
  return rest;
}
