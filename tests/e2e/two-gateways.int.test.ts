import { type RedisServer, type S3Server, startRedis, startS3 } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getContent, isTerminal, postVideo, waitForCompletion, waitForVideo } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

let redis: RedisServer;
let s3: S3Server;
let stack: Stack;
beforeAll(async () => {
  [redis, s3] = await Promise.all([startRedis(), startS3()]);
  stack = await startStack({
    gateways: 2,
    env: {
      ...s3.env,
      KINORA_REDIS_URL: redis.url,
      KINORA_S3_ENDPOINT: s3.endpoint,
      KINORA_S3_BUCKET: s3.bucket,
    },
  });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await redis?.stop();
  await s3?.stop();
});

describe("two gateways on Redis and S3", () => {
  it("serve each other's clips", async () => {
    const { id } = await postVideo(stack.baseUrl, {
      prompt: "a yellow bird on the beach at sunset",
      seed: 3,
    });
    await waitForCompletion(stack.baseUrl2, id);
    expect(await getContent(stack.baseUrl2, id)).toEqual(await getContent(stack.baseUrl, id));
  });

  it("give pictures to each other", async () => {
    const { id } = await postVideo(stack.baseUrl2, { prompt: "a cat walks in the snow", seed: 4 });
    await waitForCompletion(stack.baseUrl, id);
    const keyframe = Buffer.from(await getContent(stack.baseUrl, id, "keyframe")).toString("base64");
    const body = { input_reference: `data:image/png;base64,${keyframe}` };
    const second = await postVideo(stack.baseUrl, body);
    await waitForCompletion(stack.baseUrl2, second.id);
  });

  it("cancel a job wherever it runs", async () => {
    const posted = await Promise.all(
      [21, 22].map((seed) =>
        postVideo(stack.baseUrl, { prompt: "a dog runs", seed, num_inference_steps: 50 }),
      ),
    );
    for (const { id } of posted) {
      await waitForVideo(stack.baseUrl, id, ({ status }) => status !== "queued");
      await fetch(`${stack.baseUrl2}/v1/videos/${id}/cancel`, { method: "POST" });
      expect((await waitForVideo(stack.baseUrl, id, isTerminal)).status).toBe("cancelled");
    }
  });
});
