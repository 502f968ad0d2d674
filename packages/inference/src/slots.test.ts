import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createSlots } from "./slots.ts";

it("gives out places in the order of asking, and each back once", async () => {
  const slots = createSlots(1);
  const release = slots.tryAcquire();
  expect(slots.tryAcquire()).toBeUndefined();
  const order: string[] = [];
  const first = slots.acquire().then((next) => (order.push("first"), next));
  const second = slots.acquire().then((next) => (order.push("second"), next));
  release?.();
  release?.();
  await setImmediate();
  expect(order).toEqual(["first"]);
  (await first)();
  (await second)();
  expect(slots.tryAcquire()).toBeDefined();
});

it("skips those who stopped waiting", async () => {
  const slots = createSlots(1);
  const release = slots.tryAcquire();
  const controller = new AbortController();
  const aborted = slots.acquire(controller.signal);
  const next = slots.acquire();
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
  release?.();
  expect(await next).toBeTypeOf("function");
  await expect(slots.acquire(controller.signal)).rejects.toMatchObject({ code: "cancelled" });
});
