import { AppError, ERROR_TABLE, type ErrorCode } from "@kinora/errors";
import { describe, expect, it } from "vitest";
import { toAppError, toErrorResponse } from "./error-response.ts";

const codes = Object.keys(ERROR_TABLE) as ErrorCode[];

describe("toErrorResponse", () => {
  it.each(codes)("answers %s by the table, in the envelope, with the right advice to SDKs", (code) => {
    const { status, headers, body } = toErrorResponse(new AppError(code, {}, { param: "p" }));
    const row = ERROR_TABLE[code];
    expect(status).toBe(row.http);
    expect(Object.keys(body.error)).toEqual(["message", "type", "param", "code"]);
    expect(body.error).toMatchObject({ code, param: "p", type: expect.stringMatching(/^[a-z_]+_error$/) });
    const waits = status === 429 || status === 503;
    const seconds = Number(headers["retry-after"] ?? 0);
    expect(waits ? seconds >= 1 && seconds <= 60 : seconds === 0).toBe(true);
    const permanent = row.blame === "caller" && status !== 429;
    const advice = headers["x-should-retry"];
    expect(permanent ? advice === "false" : !waits || advice === undefined).toBe(true);
  });

  it.each([
    [0, "5"],
    [-3, "1"],
    [0.2, "1"],
    [30, "30"],
    [3600, "60"],
    ["soon", "5"],
  ])("turns a wait of %s s into Retry-After %s", (retryAfterS, expected) => {
    expect(toErrorResponse(new AppError("rate_limit_exceeded", { retryAfterS })).headers).toEqual({
      "retry-after": expected,
      "retry-after-ms": `${expected}000`,
    });
  });
});

describe("toAppError", () => {
  it("keeps ours, translates fastify's, and hides the rest", () => {
    const facts = { contentType: "text/plain" };
    const ours = new AppError("invalid_prompt", { reason: "x" });
    expect(toAppError(ours, facts)).toBe(ours);
    const framework = (code: string, statusCode = 400) =>
      Object.assign(new Error("its text"), { code, statusCode });
    expect(toAppError(framework("FST_ERR_CTP_INVALID_MEDIA_TYPE", 415), facts).message).toContain(
      '"text/plain"',
    );
    expect(toAppError(framework("FST_ERR_CTP_BODY_TOO_LARGE", 413), facts).code).toBe("payload_too_large");
    expect(toAppError(framework("FST_ERR_NEW", 418), facts)).toMatchObject({ code: "invalid_request" });
    expect(toAppError(framework("FST_ERR_NEW", 500), facts).code).toBe("internal");
    for (const surprise of [new Error("secret"), "secret", undefined, null, { code: 7 }]) {
      const error = toAppError(surprise, facts);
      expect([error.code, error.message]).toEqual(["internal", "Something went wrong on our side."]);
    }
  });
});
