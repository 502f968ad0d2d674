import { t2i } from "@kinora/contracts";
import { afterEach, describe, expect, test } from "vitest";
import { createLogger } from "../logger/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { createRpcMetrics } from "../metrics/rpc-metrics.ts";
import { forwardedMetadata, type RpcContext } from "./rpc-context.ts";
import {
  closeAll,
  collect,
  connect,
  countSteps,
  progressEvent,
  runSteps,
  thrownBy,
} from "./testing/steps-service.ts";

afterEach(closeAll);

describe("calls", () => {
  test("a unary call gives the response", async () => {
    const { client } = await runSteps();
    const { runtime } = await client.describe({ model: "pocket" });
    expect(runtime).toMatchObject({ model: "pocket", digest: "d1", provider: "cpu" });
  });

  test("a stream gives every message in order", async () => {
    const { client } = await runSteps();
    const events = await collect(client.generate({ numInferenceSteps: 3, seed: 2n ** 63n }));
    expect(events.map(({ event }) => event.case)).toEqual(["progress", "progress", "progress", "result"]);
    expect(events.at(-1)?.event.value).toMatchObject({ latents: { key: "seed-9223372036854775808" } });
  });

  test("a stream waits for a slow reader", async () => {
    let made = 0;
    const padding = "x".repeat(100_000);
    const { client } = await runSteps({
      async *generate() {
        for (; made < 300; made += 1) {
          yield { event: { case: "result", value: { latents: { key: padding } } } };
        }
      },
    });
    const stream = client.generate({});
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(made).toBeLessThan(100);
    const rest = await collect(stream);
    expect(rest).toHaveLength(299);
  });

  test("request id, trace and metadata reach the handler and can be passed on", async () => {
    const contexts: RpcContext[] = [];
    const { client } = await runSteps({
      describe: async (_, context) => {
        contexts.push(context);
        return {};
      },
    });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await client.describe({}, { metadata: { "x-request-id": "r-1", traceparent, "x-tenant": "t" } });
    await client.describe({}, { metadata: { "x-request-id": "not a\ttoken".replace("\t", " ") } });
    const [first, second] = contexts;
    expect(first && forwardedMetadata(first)).toEqual({ "x-request-id": "r-1", traceparent });
    expect(first?.metadata.get("x-tenant")).toBe("t");
    expect(first?.logger.bindings()).toMatchObject({
      requestId: "r-1",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      rpc: "kinora.t2i.v1.TextToImageService/Describe",
    });
    expect(second?.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  test("messages over the limit are refused in both directions, and not as a busy server", async () => {
    const { client, address } = await runSteps(
      { describe: async () => ({ runtime: { model: "m".repeat(5000) } }) },
      { maxMessageBytes: 4096 },
    );
    const tooBig = await thrownBy(client.describe({ model: "m".repeat(5000) }));
    expect(tooBig).toMatchObject({ code: "payload_too_large", fields: { limit: "4096 bytes" } });
    expect(await thrownBy(client.describe({}))).toMatchObject({ code: "internal" });
    const narrow = connect({ address, maxMessageBytes: 100 });
    expect(await thrownBy(narrow.describe({ model: "m".repeat(200) }))).toMatchObject({
      code: "payload_too_large",
    });
  });

  test("the default limit is 4 MiB", async () => {
    const { client } = await runSteps();
    const { runtime } = await client.describe({ model: "m".repeat(4 * 1024 * 1024 - 100) });
    expect(runtime?.model).toHaveLength(4 * 1024 * 1024 - 100);
    const error = await thrownBy(client.describe({ model: "m".repeat(4 * 1024 * 1024) }));
    expect(error.code).toBe("payload_too_large");
  });
});

describe("what a server tells of its calls", () => {
  test("metrics count calls by method and code", async () => {
    const metrics = createMetrics({ service: "t2i" });
    const { client } = await runSteps({}, { metrics: createRpcMetrics(metrics), capacity: 1 });
    await client.describe({});
    const running = client.generate({ numInferenceSteps: 20 });
    await running.next();
    await thrownBy(collect(client.generate({})));
    await collect(running);
    const text = await metrics.text();
    const line = (method: string, code: string) =>
      `kinora_rpc_calls_total{method="kinora.t2i.v1.TextToImageService/${method}",code="${code}",service="t2i"} 1`;
    expect(text).toContain(line("Describe", "ok"));
    expect(text).toContain(line("Generate", "ok"));
    expect(text).toContain(line("Generate", "capacity_exhausted"));
    expect(text).toMatch(/kinora_rpc_seconds_count\{service="t2i",method="kinora[^}]*Describe"\} 1/);
  });

  test("the log tells a failure's cause, and a refusal without a stack", async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: "t2i", destination: { write: (line) => lines.push(line) } });
    const { client } = await runSteps(
      {
        describe: () => Promise.reject(new Error("disk on fire")),
        async *generate(request, context) {
          yield progressEvent(1, 1);
          yield* countSteps(request, context);
        },
      },
      { logger },
    );
    await thrownBy(client.describe({}, { metadata: { "x-request-id": "r-9" } }));
    const failed = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === "call failed");
    expect(failed).toMatchObject({ level: "error", requestId: "r-9", code: "internal", service: "t2i" });
    expect(failed.err.stack).toContain("disk on fire");
  });
});

test("the generated service names its methods as the client and the binding use them", () => {
  expect(Object.keys(t2i.TextToImageService.method)).toEqual(["describe", "generate"]);
});
