import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConfigDefinition, describeConfig, parseConfig } from "@kinora/runtime";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VERSITYGW_MODULE } from "../../scripts/provision.ts";
import { SERVICE_CONFIGS } from "../../scripts/service-configs.ts";
import { ROOT } from "../../scripts/step.ts";

interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly build?: { readonly dockerfile: string };
}

const compose = parse(await readFile(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
};
const dockerfile = await readFile(join(ROOT, "deploy/docker/Dockerfile"), "utf8");
const services = Object.entries(SERVICE_CONFIGS);

function serviceOf(name: string): ComposeService {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return service;
}

/** The environment as the container gets it: compose's `${NAME:-default}` at its default. */
function environmentOf(name: string): Record<string, string> {
  const entries = Object.entries(serviceOf(name).environment ?? {});
  return Object.fromEntries(entries.map(([env, value]) => [env, value.replace(/\$\{\w+:-([^}]*)\}/, "$1")]));
}

const configOf = (name: string, definition: ConfigDefinition) =>
  parseConfig(definition, environmentOf(name)) as Readonly<Record<string, unknown>>;

describe("docker-compose.yml", () => {
  it.each(services)(
    "%s: every variable is one of its schema, with a value that it accepts",
    (name, definition) => {
      const known = new Set(describeConfig(definition).map(({ env }) => env));
      // The AWS SDK reads its credentials by itself.
      const own = Object.keys(environmentOf(name)).filter((env) => !/^AWS_(ACCESS|SECRET)_/.test(env));
      expect(own.filter((env) => !known.has(env))).toEqual([]);
      expect(() => configOf(name, definition)).not.toThrow();
    },
  );

  it.each(services)(
    "%s: runs the build of its main.ts, listens where others reach it",
    (name, definition) => {
      const [main] = serviceOf(name).command;
      expect(main).toBe(`services/${name}/dist/main.js`);
      expect(existsSync(join(ROOT, `services/${name}/src/main.ts`))).toBe(true);
      expect(configOf(name, definition)["host"]).toBe("0.0.0.0");
    },
  );

  it.each(services)("%s: is probed on the port of its schema", (name, definition) => {
    const config = configOf(name, definition);
    const target = serviceOf(name).healthcheck?.test.at(-1);
    expect(target).toBe(
      name === "gateway" ? `http://127.0.0.1:${config["httpPort"]}/readyz` : `127.0.0.1:${config["port"]}`,
    );
    expect(existsSync(join(ROOT, serviceOf(name).healthcheck?.test.at(-2) ?? "none"))).toBe(true);
  });

  it("the gateway finds each service by its name and port, and publishes its own ports to loopback only", () => {
    const gateway = configOf("gateway", SERVICE_CONFIGS["gateway"] as ConfigDefinition);
    for (const [name, definition] of services.filter(([other]) => other !== "gateway")) {
      expect(gateway[`${name}Address`]).toBe(`${name}:${configOf(name, definition)["port"]}`);
    }
    expect(serviceOf("gateway").ports).toEqual(
      ["httpPort", "grpcPort"].map((field) => `127.0.0.1:${gateway[field]}:${gateway[field]}`),
    );
    for (const [name] of services) if (name !== "gateway") expect(serviceOf(name).ports).toBeUndefined();
  });

  it("keys are required, and their file is on a volume", () => {
    const { KINORA_API_KEYS_FILE = "" } = environmentOf("gateway");
    const mounts = serviceOf("gateway").volumes?.map((volume) => volume.split(":")[1] ?? "") ?? [];
    expect(mounts.some((mount) => KINORA_API_KEYS_FILE.startsWith(`${mount}/`))).toBe(true);
  });

  it("the S3 server is the one of the tests, with the same key on both sides", () => {
    expect(serviceOf("s3").image.split(":")[1]).toBe(VERSITYGW_MODULE.split("@")[1]);
    const [server, user] = [environmentOf("s3"), environmentOf("gateway")];
    expect([server["ROOT_ACCESS_KEY"], server["ROOT_SECRET_KEY"]]).toEqual([
      user["AWS_ACCESS_KEY_ID"],
      user["AWS_SECRET_ACCESS_KEY"],
    ]);
    expect(user["KINORA_S3_ENDPOINT"]).toBe(`http://s3${serviceOf("s3").command[1]}`);
    expect(serviceOf("bucket").command.at(-1)).toBe(`/data/objects/${user["KINORA_S3_BUCKET"]}`);
  });
});

describe("Dockerfile", () => {
  const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\w[\w-]*)$/gm)].map((match) => match[1]);

  it("has the targets that compose builds", () => {
    expect(targets).toEqual(expect.arrayContaining(["cpu", "cuda"]));
    for (const [name] of services) expect(serviceOf(name).build?.dockerfile).toBe("deploy/docker/Dockerfile");
  });

  it("exposes the ports of the schemas and runs as nobody special", () => {
    const gateway = parseConfig(SERVICE_CONFIGS["gateway"] as ConfigDefinition, {}) as Record<
      string,
      unknown
    >;
    const model = parseConfig(SERVICE_CONFIGS["t2i"] as ConfigDefinition, {}) as Record<string, unknown>;
    const exposed = [...dockerfile.matchAll(/^EXPOSE (.*)$/gm)].map((match) => match[1]);
    expect(exposed).toEqual(
      Array.from({ length: 2 }, () => `${gateway["httpPort"]} ${gateway["grpcPort"]} ${model["port"]}`),
    );
    expect(dockerfile.match(/^USER node$/gm)).toHaveLength(2);
  });

  it("copies only what is there", () => {
    const copied = [...dockerfile.matchAll(/^COPY (?:--\S+ )*(?:\/kinora\/)?(\S+) \S+$/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(copied.length).toBeGreaterThan(6);
    expect(copied.filter((path) => path.startsWith("/") === false && !existsSync(join(ROOT, path)))).toEqual(
      [],
    );
  });

  it("builds every service", () => {
    const build = /tsc -b (.*)/.exec(dockerfile)?.[1]?.split(" ") ?? [];
    for (const [name] of services) expect(build).toContain(`services/${name}`);
  });
});
