import { describe, expect, test } from "vitest";
import { createLifecycle, type LifecycleState } from "./lifecycle.ts";

const STATES: LifecycleState[] = ["starting", "ready", "draining", "stopped", "failed"];

/** A lifecycle that has been brought to `state` from the start. */
function at(state: LifecycleState) {
  const lifecycle = createLifecycle();
  if (state !== "starting") lifecycle.advance(state);
  return lifecycle;
}

describe("createLifecycle", () => {
  test("goes the whole way and tells every move", () => {
    const seen: LifecycleState[] = [];
    const lifecycle = createLifecycle((state) => seen.push(state));
    expect(lifecycle.state).toBe("starting");
    for (const state of ["ready", "draining", "stopped"] as const)
      expect(lifecycle.advance(state)).toBe(true);
    expect(seen).toEqual(["ready", "draining", "stopped"]);
    expect(lifecycle.state).toBe("stopped");
  });

  test.each([
    ["starting", ["ready", "draining", "stopped", "failed"]],
    ["ready", ["draining", "stopped", "failed"]],
    ["draining", ["stopped", "failed"]],
    ["stopped", []],
    ["failed", []],
  ] as const)("from %s it moves only to %j", (from, allowed) => {
    const moved = STATES.filter((to) => at(from).advance(to));
    expect(moved).toEqual(allowed);
  });

  test("a refused move changes nothing and tells nobody", () => {
    let changes = 0;
    const lifecycle = createLifecycle(() => {
      changes += 1;
    });
    lifecycle.advance("draining");
    expect(lifecycle.advance("ready")).toBe(false);
    expect([lifecycle.state, changes]).toEqual(["draining", 1]);
  });
});
