import { AppError } from "@kinora/errors";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createServicePlaces, type Place } from "./service-places.ts";

const { signal } = new AbortController();

afterEach(() => void vi.useRealTimers());

/** A service that is known to take one stage at once, which is running. */
async function fullService() {
  const places = createServicePlaces();
  const first = await places.take("t2i", signal);
  first.admitted();
  const second = await places.take("t2i", signal);
  expect(second.refused()).toBe(true);
  second.leave();
  return { places, first };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol("open");
  return (await Promise.race([promise, Promise.resolve().then(() => open)])) !== open;
}

describe("createServicePlaces", () => {
  it("lets everything through until a service refuses, and each service has its own line", async () => {
    const { places } = await fullService();
    const elsewhere = await Promise.all([places.take("i2v", signal), places.take("i2v", signal)]);
    expect(elsewhere).toHaveLength(2);
  });

  it("hands a place to the next in line, in order", async () => {
    const { places, first } = await fullService();
    const order: string[] = [];
    const enter = async (name: string) => {
      const place = await places.take("t2i", signal);
      order.push(name);
      return place;
    };
    const [b, c] = [enter("b"), enter("c")];
    expect(await isSettled(b)).toBe(false);
    first.leave();
    (await b).leave();
    await c;
    expect(order).toEqual(["b", "c"]);
  });

  it("says that nobody here makes room when another process fills the service", async () => {
    const places = createServicePlaces();
    const alone = await places.take("t2i", signal);
    expect(alone.refused()).toBe(false);
    alone.leave();
    expect(await isSettled(places.take("t2i", signal))).toBe(true);
  });

  it("lets nobody wait behind one who has gone", async () => {
    const { places, first } = await fullService();
    const controller = new AbortController();
    const gone = places.take("t2i", controller.signal);
    const next = places.take("t2i", signal);
    controller.abort(new AppError("cancelled"));
    await expect(gone).rejects.toMatchObject({ code: "cancelled" });
    first.leave();
    expect(await next).toBeDefined();
  });

  it("tries again after a while, and learns that the service has grown", async () => {
    vi.useFakeTimers();
    const { places } = await fullService();
    const probe: Promise<Place> = places.take("t2i", signal);
    await vi.advanceTimersByTimeAsync(2_000);
    const second = await probe;
    second.admitted();
    second.leave();
    expect(await isSettled(places.take("t2i", signal))).toBe(true);
  });
});
