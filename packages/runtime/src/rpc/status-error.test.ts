import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import { describe, expect, test } from "vitest";
import { errorToStatus } from "./error-metadata.ts";
import { statusToError } from "./status-error.ts";

const call = { what: "Service/Method at here:1", timeoutMs: 50, signal: undefined };

function serviceError(code: number, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
}

describe("statusToError", () => {
  test.each([
    [status.UNAVAILABLE, "No connection established", "unavailable"],
    [status.CANCELLED, "Cancelled on client", "cancelled"],
    [status.CANCELLED, "Call cancelled", "unavailable"],
    [status.DEADLINE_EXCEEDED, "Deadline exceeded after 0.05s", "deadline_exceeded"],
    [status.RESOURCE_EXHAUSTED, "", "capacity_exhausted"],
    [status.RESOURCE_EXHAUSTED, "Bandwidth exhausted or memory limit exceeded", "capacity_exhausted"],
    [status.RESOURCE_EXHAUSTED, "Received message larger than max (5000 vs. 4096)", "payload_too_large"],
    [
      status.RESOURCE_EXHAUSTED,
      "Attempted to send message with a size larger than 4096",
      "payload_too_large",
    ],
    [status.INTERNAL, "Received RST_STREAM with code 0 (Call ended without gRPC status)", "unavailable"],
    [status.INTERNAL, "Error deserializing request", "internal"],
    [status.UNIMPLEMENTED, "The server does not implement the method", "internal"],
    [status.UNKNOWN, "Unknown error", "internal"],
    [status.PERMISSION_DENIED, "no", "internal"],
  ])("a bare status %i, %j, is %s", (code, details, expected) => {
    const cause = serviceError(code, details);
    const error = statusToError(cause, call);
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).not.toContain("?)");
  });

  test("a limit is told", () => {
    const error = statusToError(serviceError(8, "Received message larger than max (5000 vs. 4096)"), call);
    expect(error.message).toBe(
      "A message of Service/Method at here:1 is too large; the limit is 4096 bytes.",
    );
  });

  test("trailers say more than the status, and the caller's own abort more than both", () => {
    const sent = new AppError("engine_crashed", { operation: "run", reason: "SIGKILL" });
    const { code, details, metadata } = errorToStatus(sent);
    const failed = serviceError(code, details, metadata);
    expect(statusToError(failed, call)).toMatchObject({ code: "engine_crashed", fields: sent.fields });
    const signal = AbortSignal.abort(new AppError("lease_lost", { id: "v", epoch: 1 }));
    expect(statusToError(failed, { ...call, signal }).code).toBe("lease_lost");
  });

  test("what is not from the wire stays what it is", () => {
    const own = new AppError("draining");
    expect(statusToError(own, call)).toBe(own);
    expect(statusToError(new TypeError("oops"), call).code).toBe("internal");
  });
});
