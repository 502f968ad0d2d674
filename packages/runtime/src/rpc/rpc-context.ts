import { randomUUID } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";
import type { Logger } from "../logger/create-logger.ts";

/** What a handler knows about the call it answers. */
export interface RpcContext {
  /** Aborts when the client cancels, the deadline passes or the server stops; its reason is an AppError. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds, or undefined when the client set none. */
  readonly deadlineMs: number | undefined;
  /** Text metadata of the request, by lower-case name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Carries the request id, the trace id and the method. */
  readonly logger: Logger;
  readonly requestId: string;
}

const REQUEST_ID = "x-request-id";
const TRACE_PARENT = "traceparent";
const SAFE_ID = /^[\w.:-]{1,128}$/;
const TRACE_PARENT_FORM = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** The text entries of `metadata`; of a repeated one, the first value. */
export function readMetadata(metadata: Metadata): ReadonlyMap<string, string> {
  const entries = Object.entries(metadata.getMap());
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** The caller's request id where it is a plain token, otherwise a fresh one. */
export function requestIdOf(metadata: ReadonlyMap<string, string>): string {
  const given = metadata.get(REQUEST_ID);
  return given !== undefined && SAFE_ID.test(given) ? given : randomUUID();
}

/** The trace id inside a W3C `traceparent`, for logs. */
export function traceIdOf(metadata: ReadonlyMap<string, string>): string | undefined {
  return TRACE_PARENT_FORM.exec(metadata.get(TRACE_PARENT) ?? "")?.[1];
}

/** The metadata that a call made on behalf of `context` passes on: request id and trace. */
export function forwardedMetadata(context: RpcContext): Record<string, string> {
  const trace = context.metadata.get(TRACE_PARENT);
  return { [REQUEST_ID]: context.requestId, ...(trace === undefined ? {} : { [TRACE_PARENT]: trace }) };
}
