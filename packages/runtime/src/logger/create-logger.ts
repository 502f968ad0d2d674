import { isatty } from "node:tty";
import { destination as fileDestination, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
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

const STDOUT = 1;

const REDACTED = ["authorization", "cookie", "secret", "password", "token"].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** Makes a process's logger: static messages, fields beside them, secrets and personal data removed. */
export function createLogger(options: LoggerOptions): Logger {
  // pino's own stream writes synchronously, so that a line before process.exit is not lost, and
  // survives a reader that has gone.
  const destination = options.destination ?? fileDestination({ fd: STDOUT, sync: true });
  const settings = {
    level: options.level ?? "info",
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: "[redacted]" },
    formatters: { level: (label: string) => ({ level: label }) },
    // A serializer, because formatters do not see what a child logger is bound to.
    serializers: options.pii === true ? {} : { pii: () => undefined },
  };
  if (options.pretty !== true) return pino(settings, destination);
  const colour = options.destination === undefined && isatty(STDOUT);
  return pino(settings, { write: (line) => void destination.write(prettyLine(line, colour)) });
}
