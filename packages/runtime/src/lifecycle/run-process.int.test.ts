import { fileURLToPath } from "node:url";
import { type NodeProcess, spawnNode, waitUntil } from "@kinora/testing";
import { describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("./testing/run-process-main.ts", import.meta.url));

function run(behaviour: string, drainTimeoutMs = 5000): NodeProcess {
  return spawnNode(MAIN, { args: [behaviour, String(drainTimeoutMs)] });
}

function stepsOf(child: NodeProcess): string[] {
  return [...child.output().matchAll(/^step:(.*)$/gm)].map(([, step]) => step ?? "");
}

function logOf(child: NodeProcess): Record<string, unknown>[] {
  const lines = child.output().split("\n");
  return lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("runProcess", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s drains, stops and exits with 0", async (signal) => {
    await using child = run("plain");
    expect(await child.message()).toEqual({ type: "ready", port: 1234 });
    child.child.kill(signal);
    expect(await child.exit()).toEqual({ code: 0, signal: null });
    expect(stepsOf(child)).toEqual(["start", "drain", "stop"]);
    const states = logOf(child).flatMap(({ state }) => (state === undefined ? [] : [state]));
    expect(states).toEqual(["ready", "draining", "stopped"]);
  });

  test("a second signal exits at once with 130", async () => {
    await using child = run("slow-drain", 60_000);
    await child.message();
    child.child.kill("SIGTERM");
    await waitUntil(() => stepsOf(child).includes("drain"));
    child.child.kill("SIGINT");
    expect((await child.exit()).code).toBe(130);
    expect(stepsOf(child)).not.toContain("stop");
  });

  test.each(["slow-drain", "drain-fails"])("%s still stops, and exits with 1", async (behaviour) => {
    await using child = run(behaviour, 200);
    await child.message();
    child.child.kill("SIGTERM");
    expect((await child.exit()).code).toBe(1);
    expect(stepsOf(child)).toEqual(["start", "drain", "stop"]);
  });

  test("a signal during the start waits for it, then drains and stops without being ready", async () => {
    await using child = run("slow-start");
    await waitUntil(() => stepsOf(child).includes("start"));
    child.child.kill("SIGTERM");
    expect((await child.exit()).code).toBe(0);
    expect(stepsOf(child)).toEqual(["start", "drain", "stop"]);
    await expect(child.message()).rejects.toThrow("ended before its message");
  });

  test("a start that fails lets go of everything, says why and exits with 1", async () => {
    await using child = run("start-fails");
    expect((await child.exit()).code).toBe(1);
    expect(stepsOf(child)).toEqual(["start", "stop"]);
    const fatal = logOf(child).find(({ level }) => level === "fatal");
    expect(fatal).toMatchObject({ msg: "start failed", err: { message: "no engine" } });
  });

  test("a wrong setting is one sentence, without a stack", async () => {
    await using child = run("bad-config");
    expect((await child.exit()).code).toBe(1);
    const fatal = logOf(child).find(({ level }) => level === "fatal");
    expect(fatal).toMatchObject({ code: "config_invalid", reason: "KINORA_X must be 1." });
    expect(child.output()).not.toContain("    at ");
  });

  test.each(["uncaught", "rejection"])("%s errors are logged and exit with 1", async (behaviour) => {
    await using child = run(behaviour);
    expect((await child.exit()).code).toBe(1);
    const fatal = logOf(child).find(({ level }) => level === "fatal");
    expect(fatal).toMatchObject({ err: { message: "boom" } });
    expect(stepsOf(child)).toEqual(["start"]);
  });

  test("without its parent it shuts down in order if asked to, and goes on otherwise", async () => {
    await using follows = run("with-parent");
    await using stays = run("plain");
    await Promise.all([follows.message(), stays.message()]);
    follows.child.disconnect();
    stays.child.disconnect();
    expect((await follows.exit()).code).toBe(0);
    expect(stepsOf(follows)).toEqual(["start", "drain", "stop"]);
    expect(stays.child.exitCode).toBeNull();
  });

  test("a parent that dies takes its pipes with it, and the child still stops in order", async () => {
    await using child = run("with-parent");
    await child.message();
    child.child.stdout?.destroy();
    child.child.stderr?.destroy();
    child.child.disconnect();
    expect((await child.exit()).code).not.toBeNull();
  });
});
