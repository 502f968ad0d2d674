import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { AppError, ERROR_TABLE, type ErrorCode } from "@kinora/errors";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, closeLater, collect, progressEvent, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
const FIELDS = { reason: "perché no\u0000 ☂ \ud800", what: 'a "b"', id: "video_1", limit: 3, wide: true };

/** What a client without our library sees. */
async function bareCall(address: string, method: string, body: Buffer): Promise<ServiceError> {
  const client = new Client(address, credentials.createInsecure());
  closeLater(() => client.close());
  const pass = (bytes: Buffer) => bytes;
  return await new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/kinora.t2i.v1.TextToImageService/${method}`, pass, pass, body, (error) =>
      error === null ? reject(new Error("The call succeeded.")) : resolve(error),
    );
  });
}

describe("AppError over the wire", () => {
  test.each(CODES)("%s arrives with its fields, message and param", async (code) => {
    const sent = new AppError(code, FIELDS, { param: "input_reference[image] é%" });
    const { client } = await runSteps({
      describe: () => Promise.reject(sent),
      async *generate() {
        yield progressEvent(1, 2);
        throw sent;
      },
    });
    const expected = { code, fields: FIELDS, param: sent.param, message: sent.message };
    expect(await thrownBy(client.describe({}))).toMatchObject(expected);
    const events: unknown[] = [];
    const reading = (async () => {
      for await (const event of client.generate({})) events.push(event);
    })();
    expect(await thrownBy(reading)).toMatchObject(expected);
    expect(events).toHaveLength(1);
  });

  test("the status and the trailers are readable without our client", async () => {
    const { address } = await runSteps({
      describe: () =>
        Promise.reject(new AppError("invalid_prompt", { reason: "È vuoto." }, { param: "prompt" })),
    });
    const error = await bareCall(address, "Describe", Buffer.alloc(0));
    expect(error).toMatchObject({ code: 3, details: "È vuoto." });
    expect(error.metadata.getMap()).toMatchObject({
      "kinora-code": "invalid_prompt",
      "kinora-fields": '{"reason":"\\u00c8 vuoto."}',
      "kinora-param": "prompt",
    });
  });

  test("an error too long for headers arrives shortened", async () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, "☂".repeat(2000)]));
    const sent = new AppError("invalid_request", { reason: "☂".repeat(20_000), ...fields });
    const { client } = await runSteps({ describe: () => Promise.reject(sent) });
    const error = await thrownBy(client.describe({}));
    expect(error.code).toBe("invalid_request");
    expect(error.message).toMatch(/^☂{100,}$/);
  });
});

describe("everything else over the wire", () => {
  test("an unknown error leaves as internal, without its text", async () => {
    const { client, address } = await runSteps({
      describe: () => Promise.reject(new Error("password=hunter2")),
      async *generate() {
        yield progressEvent(1, 2);
        throw new TypeError("secret path");
      },
    });
    for (const work of [client.describe({}), collect(client.generate({}))]) {
      const error = await thrownBy(work);
      expect(error.code).toBe("internal");
      expect(JSON.stringify([error.message, error.fields])).not.toMatch(/hunter2|secret/);
    }
    const bare = await bareCall(address, "Describe", Buffer.alloc(0));
    expect(bare.code).toBe(13);
    expect(JSON.stringify([bare.details, bare.metadata.getMap()])).not.toContain("hunter2");
  });

  test("bytes that are not the request are the caller's mistake", async () => {
    const { address } = await runSteps();
    const error = await bareCall(
      address,
      "Describe",
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01]),
    );
    expect(error.metadata.get("kinora-code")).toEqual(["invalid_request"]);
    expect(error.details).toBe("The request is not a valid kinora.t2i.v1.DescribeRequest.");
  });

  test("a method that the server does not have is not retryable", async () => {
    const { address } = await runSteps();
    expect((await bareCall(address, "Paint", Buffer.alloc(0))).code).toBe(12);
  });

  test("nobody listening is unavailable", async () => {
    const { client, server } = await runSteps();
    await server.stop(0);
    const error = await thrownBy(client.describe({}, { timeoutMs: 5000 }));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(error.message).toContain("127.0.0.1");
  });
});
