import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { decodePng, encodePng } from "@kinora/media";
import { ffprobe, fixturePath, type TemporaryFolder, temporaryFolder, waitUntil } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

// The command as a user runs it: the launcher, five real processes, the tiny model.

// Five processes start and load models on whatever cores are left: nothing here asserts a time.
const START_TIMEOUT_MS = 200_000;
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const LAUNCHER = join(import.meta.dirname, "..", "bin", "kinora.js");
const READY = /^ready (http:\/\/127\.0\.0\.1:\d+) grpc (127\.0\.0\.1:\d+)$/m;

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder("cli");
});
afterAll(() => folder.remove());

function environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const models = {
    KINORA_MODELS_DIR: fixturePath("models"),
    KINORA_DEFAULT_MODEL: "tiny",
    KINORA_DEVICE: "cpu",
  };
  return { ...process.env, NODE_OPTIONS: "", INIT_CWD: folder.path, TMPDIR: folder.path, ...models, ...env };
}

interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

function kinora(args: readonly string[], env: Record<string, string> = {}, node = process.execPath): Running {
  const child = spawn(node, [LAUNCHER, ...args], {
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, stdout: () => text.stdout, stderr: () => text.stderr, ended };
}

async function expectEnd(run: Running, code: number): Promise<void> {
  expect({ code: await run.ended, stderr: run.stderr() }).toEqual({ code, stderr: run.stderr() });
}

/** Process ids of the services that a supervisor runs. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return list
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

describe("kinora demo", () => {
  it("makes a clip, prints its path, leaves nothing behind but the clip", async () => {
    const run = kinora(["demo", "a red dog runs", "--seed", "7"]);
    await expectEnd(run, 0);
    const path = run.stdout().trim();
    expect(isAbsolute(path)).toBe(true);
    expect(path).toBe(join(folder.path, "out", "a-red-dog-runs-7.mp4"));
    expect((await readFile(path)).subarray(4, 8).toString()).toBe("ftyp");
    expect(run.stderr()).toMatch(/five services ready in/);
    expect(run.stderr()).toMatch(/animate +\d+ %/);
    expect(run.stderr()).toMatch(/\d s \(.*animate \d/);
    expect(await readdir(folder.path)).toEqual(["out"]);
  });

  it("--edit says which capability is missing, and makes no clip", async () => {
    const run = kinora(["demo", "--edit", "make the dog blue"]);
    await expectEnd(run, 1);
    expect(run.stderr()).toContain("is not available here");
    expect(run.stderr()).not.toMatch(/^\s+at /m);
    expect(run.stdout()).toBe("");
  });

  it("--edit makes a second clip of the first, beside it", async () => {
    const run = kinora(["demo", "a dog", "--seed", "8", "--edit", "faster", "--out", "dog.mp4"]);
    await expectEnd(run, 0);
    const paths = run.stdout().trim().split("\n");
    expect(paths.map((path) => basename(path))).toEqual(["dog.mp4", "dog-faster.mp4"]);
    const [first, second] = await Promise.all(paths.map((path) => ffprobe(path)));
    expect(first?.streams[0]).toMatchObject({ nb_frames: "65" });
    expect(second?.streams[0]).toMatchObject({ nb_frames: "33" });
  });

  it("stops everything on Ctrl-C", async () => {
    const run = kinora(["demo", "a dog", "--seed", "9"]);
    await waitUntil(() => run.stderr().includes("ready in"), {
      what: "the stack",
      timeoutMs: START_TIMEOUT_MS,
    });
    const services = await childrenOf(run.child.pid);
    expect(services).toHaveLength(5);
    run.child.kill("SIGINT");
    await expectEnd(run, 130);
    expect(services.filter(isAlive)).toEqual([]);
  });
});

describe("kinora serve", () => {
  let run: Running;
  let http = "";
  let grpc = "";

  beforeAll(async () => {
    run = kinora(["serve"], {
      KINORA_DATA_DIR: join(folder.path, "data"),
      KINORA_HTTP_PORT: "0",
      KINORA_GRPC_PORT: "0",
      KINORA_LOG_PRETTY: "0",
    });
    await waitUntil(() => READY.test(run.stdout()), { what: "the ready line", timeoutMs: START_TIMEOUT_MS });
    [, http = "", grpc = ""] = READY.exec(run.stdout()) ?? [];
  });

  afterAll(async () => {
    run.child.kill("SIGKILL");
    await run.ended;
  });

  it("prints nothing but the ready line to stdout, and answers there", async () => {
    expect(run.stdout()).toBe(`ready ${http} grpc ${grpc}\n`);
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
  });

  it("makes clips for kinora generate, also from a picture alone", async () => {
    const clip = kinora(["generate", "a cat", "--seed", "1", "--grpc", grpc]);
    await expectEnd(clip, 0);
    expect(existsSync(clip.stdout().trim())).toBe(true);
    const green = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(90) };
    await writeFile(join(folder.path, "green.png"), await encodePng(green));
    const moved = kinora(["generate", "--image", "green.png", "--out", "moved.mp4", "--grpc", grpc]);
    await expectEnd(moved, 0);
    expect(moved.stdout().trim()).toBe(join(folder.path, "moved.mp4"));
    expect(moved.stderr()).not.toContain("generate_keyframe");
    const turned = kinora(["edit", "moved.mp4", "reverse", "--grpc", grpc]);
    await expectEnd(turned, 0);
    expect(turned.stdout().trim()).toBe(join(folder.path, "out", "moved-reverse.mp4"));
    const longer = kinora(["extend", "moved.mp4", "the cat runs", "--out", "longer.mp4", "--grpc", grpc]);
    await expectEnd(longer, 0);
    expect(longer.stderr()).toContain("animate");
    const told = kinora(["edit", "moved.mp4", "make it blue", "--grpc", grpc]);
    await expectEnd(told, 1);
    expect(told.stderr()).toMatch(/model tiny has no editor/);
  });

  it("draws pictures for kinora image, and changes one where there is an editor", async () => {
    const drawn = kinora(["image", "a cat", "--seed", "1", "--count", "2", "--grpc", grpc]);
    await expectEnd(drawn, 0);
    const paths = drawn.stdout().trim().split("\n");
    expect(paths.map((path) => basename(path))).toEqual(["a-cat-1-0.png", "a-cat-1-1.png"]);
    const [first, second] = await Promise.all(paths.map((path) => readFile(path)));
    expect(await decodePng(first as Buffer)).toMatchObject({ width: 512, height: 512 });
    expect(first?.equals(second as Buffer)).toBe(false);
    const source = paths[0] as string;
    const changing = ["edit", source, "make it blue", "--seed", "1", "--out", "cat.jpg", "--grpc", grpc];
    const edited = kinora([...changing, "--model", "tiny-instruct-pix2pix"]);
    await expectEnd(edited, 0);
    expect(edited.stdout().trim()).toBe(join(folder.path, "cat.jpg"));
    expect([...(await readFile(join(folder.path, "cat.jpg"))).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    // Random weights understand nothing; who waited for a job hears why it failed.
    const asked = ["--edit", "order pizza", "--out", "cat", "--model", "tiny-editor"];
    const both = kinora(["image", "a cat", ...asked, "--grpc", grpc]);
    await expectEnd(both, 1);
    expect(existsSync(both.stdout().trim())).toBe(true);
    expect(both.stderr()).toMatch(/"order pizza" is not understood. Edits that can be made: \w/);
    const refused = kinora(["edit", paths[0] as string, "make it blue", "--grpc", grpc]);
    await expectEnd(refused, 1);
    expect(refused.stderr()).toMatch(/model tiny has no editor|does not edit/);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)(
    "starts services again that ended by %s, on the same ports",
    async (signal) => {
      const before = await childrenOf(run.child.pid);
      for (const pid of before) process.kill(pid, signal);
      const restarted = async () => {
        const now = await childrenOf(run.child.pid);
        return now.length === 5 && !now.some((pid) => before.includes(pid));
      };
      await waitUntil(restarted, { what: "five new processes", timeoutMs: START_TIMEOUT_MS });
      const isReady = async () => (await fetch(`${http}/readyz`)).ok;
      await waitUntil(isReady, { what: "the gateway", timeoutMs: START_TIMEOUT_MS });
      await expectEnd(kinora(["generate", "a bird", "--seed", "2", "--grpc", grpc]), 0);
    },
  );

  it("takes its services along when it is killed", async () => {
    const services = await childrenOf(run.child.pid);
    run.child.kill("SIGKILL");
    await run.ended;
    await waitUntil(() => services.every((pid) => !isAlive(pid)), {
      what: "no orphans",
      timeoutMs: START_TIMEOUT_MS,
    });
  });
});

describe("errors for people", () => {
  it.each([
    [
      ["generate", "a dog", "--grpc", "127.0.0.1:9"],
      /^The server at 127\.0\.0\.1:9 cannot be reached: .*npm start/,
    ],
    [["generate"], /^Say what to make/],
    [["image", "a dog", "--count", "11"], /whole number from 1 to 10/],
    [["image", "a dog", "--out", "dog.gif", "--grpc", "127.0.0.1:9"], /pictures are \.png, \.jpg or \.webp/],
    [["generate", "--image", "none.png"], /^none\.png could not be read/],
    [["generate", "a dog", "--seed", "many"], /whole number from 0/],
    [["nothing"], /unknown command/],
    [["keys", "list"], /^Set KINORA_API_KEYS_FILE/],
  ])("%j: one sentence and exit code 1", async (args, sentence) => {
    const run = kinora(args);
    await expectEnd(run, 1);
    expect(run.stderr()).toMatch(sentence);
    expect(run.stderr()).not.toMatch(/^\s+at /m);
  });

  it("a stack that cannot start says where its log is", async () => {
    const run = kinora(["demo"], { KINORA_DEFAULT_MODEL: "nothing" });
    await expectEnd(run, 1);
    expect(run.stderr()).toMatch(/ended while starting/);
    const log = /the log is in (\S+)/.exec(run.stderr())?.[1] ?? "";
    expect(await readFile(log, "utf8")).toContain("nothing");
  });
});

describe("keys", () => {
  it("creates, lists and revokes", async () => {
    const env = { KINORA_API_KEYS_FILE: join(folder.path, "keys.json") };
    const created = kinora(["keys", "create", "--tenant", "acme"], env);
    await expectEnd(created, 0);
    expect(created.stdout().trim()).toMatch(/^\S{20,}$/);
    const listed = kinora(["keys", "list"], env);
    await expectEnd(listed, 0);
    expect(listed.stdout()).toContain("acme");
    expect(listed.stdout()).not.toContain(created.stdout().trim());
    const id = listed.stdout().split(/\s+/)[0] ?? "";
    await expectEnd(kinora(["keys", "revoke", id], env), 0);
  });
});
