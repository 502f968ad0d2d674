import { image } from "@kinora/contracts";
import { decodePng } from "@kinora/media";
import { createRpcClient, createRpcServer, type RpcClient, type RpcServer } from "@kinora/runtime";
import { waitUntil } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "../api/testing/api-bench.ts";
import { grey, paint } from "../api/testing/paint.ts";
import { imageRequestOf } from "../image-job.ts";
import { bindImageService } from "./bind-image-service.ts";

let bench: ApiBench;
let server: RpcServer;
let client: RpcClient<typeof image.ImageService>;

const as = (tenant: string) => ({ metadata: { authorization: bench.headers[tenant]?.authorization ?? "" } });

beforeAll(async () => {
  bench = await openApiBench({ tenants: ["ada"] });
  server = createRpcServer({
    host: "127.0.0.1",
    port: 0,
    services: [bindImageService(bench.deps)],
    logger: bench.deps.logger,
    maxMessageBytes: 24 * 1024 * 1024,
  });
  client = createRpcClient(image.ImageService, { address: `127.0.0.1:${await server.start()}` });
});
afterAll(async () => {
  client.close();
  await server.stop(1000);
  await bench[Symbol.asyncDispose]();
});

/** An answer to its end. */
async function whole(answer: AsyncIterable<image.GenerateResponse | image.EditResponse>) {
  const messages: (image.GenerateResponse | image.EditResponse)[] = [];
  for await (const message of answer) messages.push(message);
  return { images: messages[0]?.images, data: messages.slice(1).map(({ data }) => data) };
}

describe("ImageService", () => {
  it("cancels what nobody waits for, unless a key may bring the caller back", async () => {
    const leave = async (prompt: string, idempotencyKey = "") => {
      const gone = new AbortController();
      const call = { ...as("ada"), signal: gone.signal };
      const answer = whole(client.generate({ prompt, idempotencyKey }, call)).catch(() => undefined);
      const find = async () =>
        (await bench.jobs.list("ada", { limit: 9, order: "desc" })).records.find(
          (job) => job.request["prompt"] === prompt,
        );
      await waitUntil(async () => (await find()) !== undefined);
      gone.abort();
      await answer;
      return find;
    };
    const left = await leave("left");
    await waitUntil(async () => (await left())?.state === "cancelled");
    const kept = await leave("kept", "k");
    paint(bench);
    const again = await whole(client.generate({ prompt: "kept", idempotencyKey: "k" }, as("ada")));
    expect(again.images?.id).toBe((await kept())?.id);
  });

  it("answers with the pictures, which REST has too", async () => {
    const asked = { prompt: "a dog", n: 2, seed: 7n, size: "512x512", numInferenceSteps: 3 };
    const { images, data } = await whole(client.generate(asked, as("ada")));
    expect(images).toMatchObject({
      id: expect.stringMatching(/^image_[0-9a-f]{32}$/),
      ...{ model: "tiny", seed: 7n, size: "512x512", mediaType: "image/png", n: 2, task: "" },
      warnings: [{ code: "unknown_words", values: ["zebra"] }],
      stageDurations: { generate_keyframe: 1.5 },
    });
    const levels = await Promise.all(data.map(async (png) => (await decodePng(png)).data[0]));
    expect(levels).toEqual([50, 100]);
    const url = `/v1/images/${images?.id}/content?index=1`;
    const rest = await bench.app.inject({ url, headers: bench.headers["ada"] ?? {} });
    expect(rest.rawPayload.equals(data[1] ?? Buffer.alloc(0))).toBe(true);
    const stored = await bench.jobs.get("ada", images?.id ?? "");
    expect(stored && imageRequestOf(stored)).toMatchObject({ count: 2, steps: 3, task: "generate" });
    const jpeg = await whole(client.generate({ prompt: "a dog", outputFormat: "jpeg" }, as("ada")));
    expect(jpeg.images?.mediaType).toBe("image/jpeg");
    expect([...(jpeg.data[0] ?? Buffer.alloc(0)).subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  it("refuses what REST refuses, by the same codes", async () => {
    const refusal = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: { code: string }) => error.code,
      );
    const generate = (request: Parameters<typeof client.generate>[0]) =>
      refusal(whole(client.generate(request, as("ada"))));
    expect(await generate({})).toBe("invalid_prompt");
    expect(await generate({ prompt: "x", n: 11 })).toBe("invalid_request");
    expect(await generate({ prompt: "x", size: "big" })).toBe("invalid_request");
    expect(await generate({ prompt: "x", seed: 2n ** 60n })).toBe("invalid_request");
    expect(await generate({ prompt: "x", guidanceRescale: 0.5 })).toBe("unsupported_parameter");
    expect(await generate({ prompt: "x", model: "gone" })).toBe("model_not_found");
    const edit = { prompt: "make it blue", image: await grey(9) };
    expect(await refusal(whole(client.edit(edit, as("ada"))))).toBe("capability_missing");
    expect(await refusal(whole(client.generate({ prompt: "x" })))).toBe("authentication_required");
  });
});
