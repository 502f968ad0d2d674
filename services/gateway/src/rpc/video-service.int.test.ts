import { connect, type IncomingHttpHeaders } from "node:http2";
import { video } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { encodePng } from "@kinora/media";
import { createRpcClient, createRpcServer, type RpcClient, type RpcServer } from "@kinora/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "../api/testing/api-bench.ts";
import { bindVideoService } from "./bind-video-service.ts";

const CLIP = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));
const MAX_BYTES = 24 * 1024 * 1024;

let bench: ApiBench;
let server: RpcServer;
let client: RpcClient<typeof video.VideoService>;
let address: string;

const as = (tenant: string) => ({ metadata: { authorization: bench.headers[tenant]?.authorization ?? "" } });

beforeAll(async () => {
  bench = await openApiBench({ tenants: ["ada", "bob"] });
  server = createRpcServer({
    host: "127.0.0.1",
    port: 0,
    services: [bindVideoService(bench.deps)],
    logger: bench.deps.logger,
    maxMessageBytes: MAX_BYTES,
  });
  address = `127.0.0.1:${await server.start()}`;
  client = createRpcClient(video.VideoService, { address, maxMessageBytes: MAX_BYTES });
});
afterAll(async () => {
  client.close();
  await server.stop(1000);
  await bench[Symbol.asyncDispose]();
});

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : undefined;
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

describe("VideoService", () => {
  it("creates, watches to the end and downloads, over the same jobs as REST", async () => {
    const request = { prompt: "un cane", seed: 7n, numInferenceSteps: 4, guidanceScale: 2 };
    const { video: created } = await client.create(request, as("ada"));
    expect(created).toMatchObject({
      status: video.VideoStatus.QUEUED,
      seed: 7n,
      size: "512x512",
      seconds: "4",
    });
    const id = created?.id ?? "";
    const record = await bench.jobs.get("ada", id);
    expect(record?.request).toMatchObject({ seed: 7, keyframeSteps: 4, motionSteps: 4, guidanceScale: 2 });
    const watching = collect(client.watch({ id }, as("ada")));
    bench.startFinisher(CLIP);
    const seen = (await watching).map((answer) => answer.video);
    expect(seen.at(-1)).toMatchObject({
      status: video.VideoStatus.COMPLETED,
      progress: 100,
      warnings: [{ code: "unknown_words", values: ["zebra"] }],
      stageDurations: { animate: 1.5 },
    });
    const pieces = await collect(client.download({ id, variant: video.VideoVariant.VIDEO }, as("ada")));
    expect(Buffer.concat(pieces.map(({ data }) => data)).equals(CLIP)).toBe(true);
    expect(pieces[0]).toMatchObject({ mediaType: "video/mp4", sizeBytes: 700_000n });
    expect(pieces.slice(1).every(({ mediaType, data }) => mediaType === "" && data.length <= 262_144)).toBe(
      true,
    );
    const rest = await bench.app.inject({ url: `/v1/videos/${id}`, headers: bench.headers["ada"] ?? {} });
    const { video: got } = await client.get({ id }, as("ada"));
    expect(rest.json()).toMatchObject({
      id: got?.id,
      prompt: got?.prompt,
      created_at: Number(got?.createdAt),
    });
    expect((await client.cancel({ id }, as("ada"))).video?.status).toBe(video.VideoStatus.COMPLETED);
  });

  it("takes a picture, and an idempotency key that REST honours too", async () => {
    const png = await encodePng({ data: Buffer.alloc(16 * 16 * 3, 90), width: 16, height: 16 });
    const request = { inputReference: png, idempotencyKey: "k" };
    const [a, b] = [await client.create(request, as("ada")), await client.create(request, as("ada"))];
    expect(a.video?.id).toBe(b.video?.id);
    const record = await bench.jobs.get("ada", a.video?.id ?? "");
    expect(record?.request).toMatchObject({ prompt: "", inputReference: { mediaType: "image/png" } });
    expect(await codeOf(client.create({ prompt: "x", idempotencyKey: "k" }, as("ada")))).toBe(
      "idempotency_mismatch",
    );
  });

  it("asks for a key before it reads a message", async () => {
    const session = connect(`http://${address}`);
    // The body never comes: an answer does not wait for it.
    const call = session.request({
      ...{ ":method": "POST", ":path": "/kinora.video.v1.VideoService/Edit" },
      ...{ "content-type": "application/grpc", te: "trailers" },
    });
    call.resume();
    const status = await new Promise<unknown>((resolve, reject) => {
      const read = (headers: IncomingHttpHeaders) =>
        headers["grpc-status"] && resolve(headers["kinora-code"]);
      call.on("response", read).on("trailers", read).on("error", reject);
    });
    expect(status).toBe("authentication_required");
    session.destroy();
  });

  it("refuses what REST refuses, by the same codes", async () => {
    const create = (request: Parameters<typeof client.create>[0]) =>
      codeOf(client.create(request, as("ada")));
    expect(await create({})).toBe("invalid_prompt");
    expect(await create({ prompt: "a\u0000" })).toBe("invalid_prompt");
    expect(await create({ prompt: "x", model: "gone" })).toBe("model_not_found");
    expect(await create({ prompt: "x", seed: 2n ** 60n })).toBe("invalid_request");
    expect(await create({ prompt: "x", numInferenceSteps: 0 })).toBe("invalid_request");
    expect(await create({ prompt: "x", guidanceScale: Number.NaN })).toBe("invalid_request");
    expect(await create({ inputReference: Buffer.from("no picture") })).toBe("invalid_image");
    expect(await create({ inputReference: Buffer.alloc(21 * 1024 * 1024) })).toBe("payload_too_large");
    const id = "video_00000000000000000000000000000000";
    expect(await codeOf(client.get({ id }, as("ada")))).toBe("video_not_found");
    expect(await codeOf(collect(client.download({ id, variant: 99 as video.VideoVariant }, as("ada"))))).toBe(
      "invalid_request",
    );
  });

  it("asks for a key, and hides a tenant's videos from another", async () => {
    expect(await codeOf(client.create({ prompt: "x" }))).toBe("authentication_required");
    const { video: created } = await client.create({ prompt: "x" }, as("ada"));
    const id = created?.id ?? "";
    for (const tenant of ["bob"]) {
      expect(await codeOf(client.get({ id }, as(tenant)))).toBe("video_not_found");
      expect(await codeOf(client.cancel({ id }, as(tenant)))).toBe("video_not_found");
      expect(await codeOf(collect(client.watch({ id }, as(tenant))))).toBe("video_not_found");
      expect(await codeOf(collect(client.download({ id }, as(tenant))))).toBe("video_not_found");
    }
    for (const call of [client.get({ id }), client.cancel({ id })]) {
      expect(await codeOf(call)).toBe("authentication_required");
    }
    expect(await codeOf(collect(client.watch({ id })))).toBe("authentication_required");
    expect(await codeOf(collect(client.download({ id })))).toBe("authentication_required");
  });
});
