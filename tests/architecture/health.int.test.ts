import { join } from "node:path";
import { createLogger, createRpcServer } from "@kinora/runtime";
import { freePort } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, runCommand } from "../../scripts/step.ts";

// The containers' probe against a real server of the runtime.

const logger = createLogger({ service: "health-test", level: "silent" });
const server = createRpcServer({ host: "127.0.0.1", port: 0, services: [], logger });
let address = "";

const probe = (target: string) => runCommand("node", [join(ROOT, "deploy/docker/check-health.js"), target]);

describe("deploy/docker/check-health.js", () => {
  beforeAll(async () => {
    address = `127.0.0.1:${await server.start()}`;
  });
  afterAll(() => server.stop(1_000));

  it("follows the service from not serving to serving and back", async () => {
    server.setServing(false);
    expect(await probe(address)).toMatchObject({ exitCode: 1 });
    server.setServing(true);
    expect(await probe(address)).toEqual({ exitCode: 0, output: "" });
    server.setServing(false);
    expect((await probe(address)).output).toContain("is not serving");
  });

  it("fails where nobody listens, for both kinds of address", async () => {
    const port = await freePort();
    expect(await probe(`127.0.0.1:${port}`)).toMatchObject({ exitCode: 1 });
    const http = await probe(`http://127.0.0.1:${port}/readyz`);
    expect(http.exitCode).toBe(1);
    expect(http.output).toContain("ECONNREFUSED");
  });
});
