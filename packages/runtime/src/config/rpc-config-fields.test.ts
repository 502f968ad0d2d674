import { describe, expect, test } from "vitest";
import { baseConfigFields } from "./base-config-fields.ts";
import { defineConfig } from "./define-config.ts";
import { parseConfig } from "./parse-config.ts";
import { rpcConfigFields, rpcListenOptions } from "./rpc-config-fields.ts";

const definition = defineConfig({ ...baseConfigFields, ...rpcConfigFields });
const listen = (env: Record<string, string>) => rpcListenOptions(parseConfig(definition, env));

describe("rpcListenOptions", () => {
  test("listens on loopback in plain text, one call at a time, unless told", () => {
    expect(listen({})).toEqual({
      host: "127.0.0.1",
      port: 50_051,
      capacity: 1,
      insecure: false,
      tls: undefined,
    });
  });

  test("takes every setting", () => {
    const options = listen({
      KINORA_HOST: "::",
      KINORA_RPC_PORT: "0",
      KINORA_CAPACITY: "3",
      KINORA_RPC_INSECURE: "1",
      KINORA_RPC_TLS_CA: "/tls/ca.pem",
      KINORA_RPC_TLS_CERT: "/tls/cert.pem",
      KINORA_RPC_TLS_KEY: "/tls/key.pem",
    });
    const tls = { ca: "/tls/ca.pem", cert: "/tls/cert.pem", key: "/tls/key.pem" };
    expect(options).toEqual({ host: "::", port: 0, capacity: 3, insecure: true, tls });
  });

  test.each(["CA", "CERT", "KEY"])("KINORA_RPC_TLS_%s alone is refused", (part) => {
    expect(() => listen({ [`KINORA_RPC_TLS_${part}`]: "/tls/x.pem" })).toThrow("set all three or none");
  });
});
