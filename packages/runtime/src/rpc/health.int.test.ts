import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js";
import { service as healthDefinition } from "grpc-health-check";
import { afterEach, describe, expect, test } from "vitest";
import { checkHealth } from "./check-health.ts";
import { closeAll, closeLater, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

const SERVICE = "kinora.t2i.v1.TextToImageService";

/** What grpc.health.v1.Watch tells, as it comes. */
function watchHealth(address: string, service: string) {
  const client = new Client(address, credentials.createInsecure());
  closeLater(() => client.close());
  const method = healthDefinition["Watch"] as MethodDefinition<{ service: string }, { status: string }>;
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service });
  const statuses: string[] = [];
  const ended = new Promise<string>((resolve) => {
    call.on("data", ({ status }: { status: string }) => statuses.push(status));
    call.on("end", () => resolve("end"));
    call.on("error", ({ message }: Error) => resolve(message));
  });
  const first = new Promise((resolve) => call.once("data", resolve));
  return { statuses, ended, first };
}

describe("health", () => {
  test("is NOT_SERVING until told, per service and for the server", async () => {
    const { server, address } = await runSteps();
    const refused = await thrownBy(checkHealth({ address, timeoutMs: 5000 }));
    expect(refused).toMatchObject({ code: "unavailable", fields: { reason: "its health is NOT_SERVING" } });
    server.setServing(true);
    await checkHealth({ address, timeoutMs: 5000 });
    await checkHealth({ address, service: SERVICE, timeoutMs: 5000 });
    server.setServing(false);
    expect((await thrownBy(checkHealth({ address, service: SERVICE, timeoutMs: 5000 }))).code).toBe(
      "unavailable",
    );
  });

  test("a watch hears every change, and a stop ends it without holding the stop up", async () => {
    const { server, address } = await runSteps();
    const watches = [watchHealth(address, SERVICE), watchHealth(address, "")];
    await Promise.all(watches.map(({ first }) => first));
    server.setServing(true);
    const startedAtMs = performance.now();
    await server.stop(10_000);
    expect(performance.now() - startedAtMs).toBeLessThan(900);
    for (const { statuses, ended } of watches) {
      expect(await ended).toBe("end");
      expect(statuses).toEqual(["NOT_SERVING", "SERVING", "NOT_SERVING"]);
    }
  });

  test("asking nobody is unavailable", async () => {
    const error = await thrownBy(checkHealth({ address: "127.0.0.1:1", timeoutMs: 5000 }));
    expect(error).toMatchObject({ code: "unavailable" });
  });
});
