import { AppError } from "@kinora/errors";
import { describe, expect, test } from "vitest";
import { abortError, throwIfAborted } from "./abort-error.ts";
import { sleep } from "./sleep.ts";
import { withTimeout } from "./with-timeout.ts";

const lost = new AppError("lease_lost", { id: "v", epoch: 1 });
const never = () => new Promise<never>(() => undefined);

describe("abortError", () => {
  test("is the reason where that is an AppError, and a code otherwise", () => {
    expect(abortError(AbortSignal.abort(lost))).toBe(lost);
    expect(abortError(AbortSignal.abort()).code).toBe("cancelled");
    expect(abortError(AbortSignal.abort("enough"))).toMatchObject({ code: "cancelled", cause: "enough" });
    const timeout = new DOMException("late", "TimeoutError");
    expect(abortError(AbortSignal.abort(timeout)).code).toBe("deadline_exceeded");
  });

  test("throwIfAborted throws it, and nothing while there is no abort", () => {
    expect(() => throwIfAborted(AbortSignal.abort(lost))).toThrow(lost);
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});

describe("sleep", () => {
  test("waits", async () => {
    const startedAtMs = performance.now();
    await sleep(30);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(28);
  });

  test("ends at once on abort, also on one that came before", async () => {
    const controller = new AbortController();
    const startedAtMs = performance.now();
    setTimeout(() => controller.abort(lost), 10);
    await expect(sleep(60_000, controller.signal)).rejects.toBe(lost);
    await expect(sleep(60_000, controller.signal)).rejects.toBe(lost);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });
});

describe("withTimeout", () => {
  const options = { timeoutMs: 20, what: "Loading pocket" };

  test("gives the result, or the error, of work in time", async () => {
    await expect(withTimeout(async () => 7, options)).resolves.toBe(7);
    await expect(withTimeout(() => Promise.reject(lost), options)).rejects.toBe(lost);
  });

  test("work that is late is aborted and fails, even if it does not listen", async () => {
    let inner: AbortSignal | undefined;
    const late = withTimeout((signal) => {
      inner = signal;
      return never();
    }, options);
    await expect(late).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: "Loading pocket did not finish within 20 ms.",
    });
    expect(inner?.aborted).toBe(true);
  });

  test("the given signal ends it earlier, and before it begins", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(lost), 10);
    const bounded = { timeoutMs: 60_000, what: "Work", signal: controller.signal };
    await expect(withTimeout(never, bounded)).rejects.toBe(lost);
    let begun = false;
    const work = async () => {
      begun = true;
    };
    await expect(withTimeout(work, bounded)).rejects.toBe(lost);
    expect(begun).toBe(false);
  });
});
