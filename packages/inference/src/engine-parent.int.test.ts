import { fileURLToPath } from "node:url";
import { spawnNode, waitUntil } from "@kinora/testing";
import { expect, it } from "vitest";
import { isRunning } from "./testing/test-engine.ts";

const script = fileURLToPath(new URL("./testing/engine-parent-main.ts", import.meta.url));

it.each([
  ["idle", "SIGKILL"],
  ["busy", "SIGKILL"],
  ["busy", "SIGTERM"],
] as const)("an engine child that is %s dies with its parent (%s)", async (state, signal) => {
  await using parent = spawnNode(script, { args: [state] });
  const { childPid } = await parent.message<{ childPid: number }>();
  // Into the run, where nothing reaches the child's main thread.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isRunning(childPid)).toBe(true);
  await parent.kill(signal);
  await waitUntil(() => !isRunning(childPid), { what: "the end of the engine child", timeoutMs: 3000 });
});
