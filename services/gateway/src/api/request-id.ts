import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

const PLAIN_TOKEN = /^[\w.:-]{1,128}$/;

/** The caller's `x-request-id` where it is a plain token, otherwise a fresh one. */
export function requestId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && PLAIN_TOKEN.test(given) ? given : randomUUID();
}
