import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSerialQueue } from "./serial-queue.ts";

/** A task that ends when told. */
function controlled() {
  const gate = Promise.withResolvers<string>();
  let started = false;
  return {
    task: () => {
      started = true;
      return gate.promise;
    },
    end: gate.resolve,
    fail: gate.reject,
    started: () => started,
  };
}

describe("createSerialQueue", () => {
  it("starts a task only when the one before has ended, failed or not", async () => {
    const queue = createSerialQueue();
    const [first, second, third] = [controlled(), controlled(), controlled()];
    const results = [first, second, third].map(({ task }) => queue.run(task));
    expect([first.started(), second.started()]).toEqual([true, false]);
    first.fail(new Error("no"));
    await expect(results[0]).rejects.toThrow("no");
    await setImmediate();
    expect([second.started(), third.started()]).toEqual([true, false]);
    second.end("two");
    third.end("three");
    expect(await Promise.all(results.slice(1))).toEqual(["two", "three"]);
  });

  it("never starts a waiting task that was aborted", async () => {
    const queue = createSerialQueue();
    const [first, second, third] = [controlled(), controlled(), controlled()];
    const controller = new AbortController();
    const running = queue.run(first.task);
    const aborted = queue.run(second.task, controller.signal);
    const after = queue.run(third.task);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
    first.end("one");
    third.end("three");
    expect([await running, await after]).toEqual(["one", "three"]);
    expect(second.started()).toBe(false);
  });

  it("lets go of a running task that is aborted, but waits for its end", async () => {
    const queue = createSerialQueue();
    const [first, second] = [controlled(), controlled()];
    const controller = new AbortController();
    const aborted = queue.run(first.task, controller.signal);
    const next = queue.run(second.task);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
    await setImmediate();
    expect(second.started()).toBe(false);
    first.end("late");
    second.end("two");
    expect(await next).toBe("two");
  });

  it("starts the next task early when one hands over, and still tells each its own result", async () => {
    const queue = createSerialQueue();
    const [first, second, third] = [controlled(), controlled(), controlled()];
    const results = [
      queue.run((handOver) => {
        handOver();
        return first.task();
      }),
      ...[second, third].map(({ task }) => queue.run(task)),
    ];
    await setImmediate();
    expect([first, second, third].map(({ started }) => started())).toEqual([true, true, false]);
    first.end("one");
    await setImmediate();
    expect(third.started()).toBe(false);
    second.end("two");
    third.end("three");
    expect(await Promise.all(results)).toEqual(["one", "two", "three"]);
  });

  it("refuses a signal that is aborted already", async () => {
    const task = controlled();
    await expect(createSerialQueue().run(task.task, AbortSignal.abort())).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(task.started()).toBe(false);
  });

  it("rejects everything once closed", async () => {
    const queue = createSerialQueue();
    const [first, second] = [controlled(), controlled()];
    const results = [queue.run(first.task), queue.run(second.task)];
    queue.close();
    for (const result of [...results, queue.run(second.task)]) {
      await expect(result).rejects.toMatchObject({ code: "draining" });
    }
    expect(second.started()).toBe(false);
  });
});
