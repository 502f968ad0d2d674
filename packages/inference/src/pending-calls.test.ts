import { expect, it, vi } from "vitest";
import { createPendingCalls } from "./pending-calls.ts";

it("gives every call its own reply or refusal", async () => {
  const sent: number[] = [];
  const pending = createPendingCalls(() => {});
  const [first, second] = [1, 2].map(() => pending.call(1000, (id) => sent.push(id)));
  expect(sent).toHaveLength(2);
  pending.settle({ id: sent[0] as number, reply: "one" });
  pending.settle({ id: sent[1] as number, error: "no" });
  expect(await first).toBe("one");
  await expect(second).rejects.toThrow("no");
});

it("counts a call's time from when those before it are answered", async () => {
  vi.useFakeTimers();
  const late: number[] = [];
  const sent: number[] = [];
  const pending = createPendingCalls((deadlineMs) => late.push(deadlineMs));
  const first = pending.call(5000, (id) => sent.push(id));
  const second = pending.call(60, (id) => sent.push(id));
  await vi.advanceTimersByTimeAsync(4000);
  pending.settle({ id: sent[0] as number, reply: null });
  await first;
  await vi.advanceTimersByTimeAsync(59);
  expect(late).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(late).toEqual([60]);
  const end = second.catch((error: unknown) => error);
  pending.rejectAll(new Error("gone"));
  expect(await end).toMatchObject({ message: "gone" });
  vi.useRealTimers();
});
