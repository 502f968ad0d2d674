import { readdirSync, readFileSync } from "node:fs";
import { startRedis } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getContent, postVideo, waitForCompletion, waitForVideo } from "./rest.ts";
import { type ProcessName, type Stack, startStack } from "./stack.ts";

/** What is killed, in which stage, and which stages were finished by then. */
const SCENARIOS: readonly {
  victim: ProcessName;
  child: boolean;
  stage: string;
  finished: readonly string[];
}[] = [
  { victim: "t2i", child: false, stage: "generate_keyframe", finished: ["encode_prompt"] },
  { victim: "t2i", child: true, stage: "generate_keyframe", finished: ["encode_prompt"] },
  { victim: "i2v", child: false, stage: "animate", finished: ["encode_prompt", "generate_keyframe"] },
  { victim: "i2v", child: true, stage: "animate", finished: ["encode_prompt", "generate_keyframe"] },
  { victim: "encoder", child: false, stage: "encode_clip", finished: ["animate", "interpolate"] },
  { victim: "encoder", child: true, stage: "encode_clip", finished: ["animate", "interpolate"] },
  { victim: "gateway", child: false, stage: "animate", finished: ["encode_prompt", "generate_keyframe"] },
];

const COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "white"];

/** Long enough to be killed in the middle, and sharing no stage with another scenario. */
const request = (scenario: number) => ({
  prompt: `a ${COLOURS[scenario]} dog runs on a grassy hill`,
  seed: 100 + scenario,
  num_inference_steps: 50,
});

let reference: Stack;
beforeAll(async () => {
  reference = await startStack();
});
afterAll(() => reference?.[Symbol.asyncDispose]());

async function undisturbed(scenario: number): Promise<Uint8Array> {
  const { id } = await postVideo(reference.baseUrl, request(scenario));
  await waitForCompletion(reference.baseUrl, id);
  return getContent(reference.baseUrl, id);
}

/** SIGKILLs a service's engine child and leaves the service alone. */
function killEngineChild(stack: Stack, name: ProcessName): void {
  const threads = `/proc/${stack.process(name).pid}/task`;
  const children = readdirSync(threads).flatMap((thread) =>
    readFileSync(`${threads}/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  expect(children).not.toEqual([]);
  for (const pid of children) process.kill(Number(pid), "SIGKILL");
}

describe.each(["sqlite", "redis"] as const)("kill -9 in mid-job, jobs in %s", (jobs) => {
  let stack: Stack;
  let stopRedis = async (): Promise<void> => {};
  beforeAll(async () => {
    if (jobs === "redis") {
      const redis = await startRedis();
      stopRedis = () => redis.stop();
      stack = await startStack({ env: { KINORA_REDIS_URL: redis.url } });
    } else {
      stack = await startStack();
    }
  });
  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await stopRedis();
  });

  it.each(SCENARIOS)(
    "$victim (engine child: $child) during $stage",
    async ({ victim, child, stage, finished }) => {
      const scenario = SCENARIOS.findIndex((row) => row.victim === victim && row.child === child);
      const expected = await undisturbed(scenario);
      const before = await Promise.all(finished.map((name) => stack.stageRuns(name, "ran")));

      const { id } = await postVideo(stack.baseUrl, request(scenario));
      await waitForVideo(stack.baseUrl, id, (video) => video.stage === stage);
      if (child) killEngineChild(stack, victim);
      else {
        await stack.kill(victim);
        await stack.restart(victim);
      }
      const video = await waitForCompletion(stack.baseUrl, id).catch((error: unknown) => {
        throw new Error(stack.logs().slice(-6000), { cause: error });
      });

      expect(video.error).toBeNull();
      expect(Buffer.from(await getContent(stack.baseUrl, id)).equals(expected)).toBe(true);
      const after = await Promise.all(finished.map((name) => stack.stageRuns(name, "ran")));
      // A new gateway counts from nought: what was finished before it must not have run in it at all.
      expect(after).toEqual(victim === "gateway" ? finished.map(() => 0) : before.map((count) => count + 1));
    },
  );
});
