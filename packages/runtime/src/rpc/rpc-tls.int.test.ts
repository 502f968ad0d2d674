import { readFileSync, writeFileSync } from "node:fs";
import { ChannelCredentials, Client } from "@grpc/grpc-js";
import { temporaryFolder } from "@kinora/testing";
import { afterEach, describe, expect, test } from "vitest";
import { checkHealth } from "./check-health.ts";
import { createRpcServer } from "./rpc-server.ts";
import { createCertificateAuthority } from "./testing/certificate-authority.ts";
import { closeAll, closeLater, connect, quietServer, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

async function authorities() {
  const { path, remove } = await temporaryFolder("tls");
  closeLater(remove);
  return {
    folder: path,
    ours: createCertificateAuthority(path, "ours"),
    theirs: createCertificateAuthority(path, "theirs"),
  };
}

describe("mutual TLS", () => {
  test("both ends with certificates of the authority can talk", async () => {
    const { ours } = await authorities();
    const { address, server } = await runSteps({}, { tls: ours.issue("t2i") });
    const tls = ours.issue("gateway");
    const client = connect({ address, tls });
    expect((await client.describe({ model: "pocket" })).runtime?.model).toBe("pocket");
    server.setServing(true);
    await checkHealth({ address, tls, timeoutMs: 5000 });
  });

  test("a client in plain text, without a certificate or with a foreign one is refused", async () => {
    const { ours, theirs } = await authorities();
    const { address } = await runSteps({}, { tls: ours.issue("t2i") });
    const intruder = { ...theirs.issue("intruder"), ca: ours.issue("x").ca };
    for (const client of [connect({ address }), connect({ address, tls: intruder })]) {
      expect((await thrownBy(client.describe({}, { timeoutMs: 5000 }))).code).toBe("unavailable");
    }
    const nameless = new Client(address, ChannelCredentials.createSsl(readFileSync(intruder.ca)));
    closeLater(() => nameless.close());
    const ready = new Promise((resolve) => nameless.waitForReady(Date.now() + 1000, resolve));
    const pass = (bytes: Buffer) => bytes;
    const path = "/kinora.t2i.v1.TextToImageService/Describe";
    const answer = await new Promise<{ code?: number } | null>((resolve) => {
      nameless.makeUnaryRequest(path, pass, pass, Buffer.alloc(0), { deadline: Date.now() + 5000 }, resolve);
    });
    expect(answer?.code).toBe(14);
    await ready;
  });

  test("a client refuses a server of a foreign authority", async () => {
    const { ours, theirs } = await authorities();
    const { address } = await runSteps({}, { tls: theirs.issue("t2i") });
    const client = connect({ address, tls: ours.issue("gateway") });
    expect((await thrownBy(client.describe({}, { timeoutMs: 5000 }))).code).toBe("unavailable");
  });

  test("files that cannot be used are named", async () => {
    const { folder, ours } = await authorities();
    const tls = ours.issue("t2i");
    const missing = { ...tls, key: `${folder}/missing.pem` };
    expect(() => createRpcServer({ ...quietServer(), tls: missing })).toThrow(
      /KINORA_RPC_TLS_KEY.*missing\.pem/,
    );
    const broken = { ...tls, cert: `${folder}/broken.pem` };
    writeFileSync(broken.cert, "not a certificate");
    for (const make of [
      () => createRpcServer({ ...quietServer(), tls: broken }),
      () => connect({ address: "127.0.0.1:1", tls: broken }),
      () => createRpcServer({ ...quietServer(), tls: { ...tls, key: ours.issue("i2v").key } }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "config_invalid" }));
      expect(make).toThrow(/KINORA_RPC_TLS_CERT .* cannot be used together/);
    }
  });
});

describe("addresses that other machines can reach", () => {
  test("plain text there is refused, and both ways out are named", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.7", "t2i.internal"]) {
      expect(() => createRpcServer({ ...quietServer(), host })).toThrow(
        expect.objectContaining({
          code: "config_invalid",
          message: expect.stringMatching(`KINORA_HOST=${host} .*KINORA_RPC_TLS_CA.*KINORA_RPC_INSECURE=1`),
        }),
      );
    }
  });

  test("either way out works", async () => {
    const { ours } = await authorities();
    const tls = ours.issue("t2i");
    for (const way of [{ insecure: true }, { tls }]) {
      const server = createRpcServer({ ...quietServer(), host: "0.0.0.0", ...way });
      closeLater(() => server.stop(0));
      const address = `127.0.0.1:${await server.start()}`;
      const client = connect({ address, ...("tls" in way ? { tls: ours.issue("gateway") } : {}) });
      const { runtime } = await client.describe({ model: "pocket" }, { timeoutMs: 5000 });
      expect(runtime?.model).toBe("pocket");
    }
  });

  test("an address in use is config_invalid", async () => {
    const { address } = await runSteps();
    const second = createRpcServer({ ...quietServer(), port: Number(address.split(":")[1]) });
    expect(await thrownBy(second.start())).toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining(address),
    });
  });
});
