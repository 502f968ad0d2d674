import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { AppError } from "@kinora/errors";
import { toErrorResponse } from "./error-response.ts";

/**
 * Answers what Node's HTTP parser refused before fastify saw a request: a broken request line,
 * headers over their limit, a body that took too long. The connection is closed.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, body } = toErrorResponse(new AppError("invalid_request", { reason: reasonOf(error) }));
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\nx-request-id: ${randomUUID()}\r\n` +
      `x-should-retry: false\r\nconnection: close\r\n\r\n${text}`,
  );
}

function reasonOf({ code }: { code?: string }): string {
  if (code === "HPE_HEADER_OVERFLOW") return "The headers are too large; the limit is 16 KiB.";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "The request did not arrive in time.";
  return "The request is not valid HTTP/1.1.";
}
