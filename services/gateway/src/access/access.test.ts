import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@kinora/errors";
import { temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { createAccess } from "./create-access.ts";
import { createKey, listKeys, revokeKey } from "./keys-file.ts";

const silent = { info: () => {}, error: () => {} };

const bearer = (key: string) => ({ authorization: `Bearer ${key}`, host: "gateway:8080", origin: undefined });

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

/** A keys file, and an access over it with a clock of the test. */
async function openAccess() {
  const folder = await temporaryFolder("keys");
  const file = join(folder.path, "keys.jsonl");
  const clock = { nowMs: Date.now() };
  const first = await createKey(file, { tenant: "ada", weight: 3 });
  const access = await createAccess({ keysFile: file, logger: silent, nowMs: () => clock.nowMs });
  return { file, clock, access, first, [Symbol.asyncDispose]: folder.remove };
}

describe("keys", () => {
  it("are kinora_ID_SECRET, stored as digests in a private file", async () => {
    await using world = await openAccess();
    expect(world.first.key).toMatch(/^kinora_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
    const text = await readFile(world.file, "utf8");
    expect(text).not.toContain(world.first.key.slice(16));
    expect((await stat(world.file)).mode & 0o777).toBe(0o600);
    expect(await listKeys(world.file)).toEqual([world.first.record]);
    expect(await world.access.authenticate(bearer(world.first.key))).toEqual({
      tenant: "ada",
      weight: 3,
      keyId: world.first.record.id,
    });
  });

  it("are refused when missing, malformed, unknown or wrong", async () => {
    await using world = await openAccess();
    const code = (authorization: string | undefined) =>
      codeOf(world.access.authenticate({ authorization, host: undefined, origin: undefined }));
    expect(await code(undefined)).toBe("authentication_required");
    expect(await code("")).toBe("authentication_required");
    expect(await code("Basic YTpi")).toBe("authentication_required");
    expect(await code("Bearer ")).toBe("authentication_required");
    expect(await code("Bearer nonsense")).toBe("invalid_api_key");
    expect(await code(`Bearer ${world.first.key}x`)).toBe("invalid_api_key");
    const last = world.first.key.at(-1) === "A" ? "B" : "A";
    expect(await code(`Bearer ${world.first.key.slice(0, -1)}${last}`)).toBe("invalid_api_key");
    expect(await code(`Bearer kinora_zzzzzzzz_${"A".repeat(43)}`)).toBe("invalid_api_key");
  });

  it("made, revoked and expired while the gateway runs count within five seconds", async () => {
    await using world = await openAccess();
    const { file, clock, access } = world;
    const expiresAt = new Date(clock.nowMs + 60_000);
    const { key, record } = await createKey(file, { tenant: "bob", expiresAt });
    clock.nowMs += 5000;
    expect(await access.authenticate(bearer(key))).toMatchObject({ tenant: "bob", weight: 1 });
    await revokeKey(file, record.id);
    clock.nowMs += 5000;
    expect(await codeOf(access.authenticate(bearer(key)))).toBe("invalid_api_key");
    expect(await codeOf(access.authenticate(bearer(world.first.key)))).toBeUndefined();
    const short = await createKey(file, { tenant: "bob", expiresAt });
    clock.nowMs += 5000;
    expect(await codeOf(access.authenticate(bearer(short.key)))).toBeUndefined();
    clock.nowMs += 60_000;
    expect(await codeOf(access.authenticate(bearer(short.key)))).toBe("invalid_api_key");
  });

  it("stay the last good ones while the file is broken, and end when it is gone", async () => {
    await using world = await openAccess();
    const { file, clock, access, first } = world;
    await writeFile(file, "{broken");
    clock.nowMs += 5000;
    expect(await codeOf(access.authenticate(bearer(first.key)))).toBeUndefined();
    await rm(file);
    clock.nowMs += 5000;
    expect(await codeOf(access.authenticate(bearer(first.key)))).toBe("invalid_api_key");
  });

  it("may stand in one JSON array", async () => {
    await using world = await openAccess();
    await writeFile(world.file, JSON.stringify([world.first.record], null, 2));
    await utimes(world.file, new Date(), new Date(Date.now() + 1000));
    const access = await createAccess({ keysFile: world.file, logger: silent });
    expect(await codeOf(access.authenticate(bearer(world.first.key)))).toBeUndefined();
  });

  it.each([
    ["{", /line 1 is not JSON/],
    ["[7]", /entry 1/],
    ['{"id":"abcdefgh"}', /line 1/],
    ['{"id":"abcdefgh","tenant":"../x","sha256":"00","created_at":"x"}', /line 1: \/tenant/],
  ])("refuse to start from %s", async (text, says) => {
    await using folder = await temporaryFolder("keys");
    const keysFile = join(folder.path, "keys");
    await writeFile(keysFile, text);
    const opening = createAccess({ keysFile, logger: silent });
    await expect(opening).rejects.toThrow(says);
    await expect(opening).rejects.toMatchObject({ code: "config_invalid" });
    await expect(createAccess({ keysFile: `${keysFile}-missing`, logger: silent })).rejects.toThrow(/ENOENT/);
  });

  it("refuse a bad tenant, an unknown id to revoke, and two changes at once", async () => {
    await using world = await openAccess();
    expect(await codeOf(createKey(world.file, { tenant: "../etc" }))).toBe("config_invalid");
    expect(await codeOf(revokeKey(world.file, "zzzzzzzz"))).toBe("invalid_request");
    await writeFile(`${world.file}.lock`, "");
    expect(await codeOf(createKey(world.file, { tenant: "bob" }))).toBe("config_invalid");
    expect((await listKeys(world.file)).length).toBe(1);
  });
});

describe("no keys file", () => {
  it("is one tenant, for local requests only", async () => {
    const access = await createAccess({ logger: silent });
    const local = { authorization: undefined, host: "localhost:8080", origin: undefined };
    expect(await access.authenticate(local)).toEqual({ tenant: "local", weight: 1, keyId: undefined });
    for (const host of [
      undefined,
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost:1@evil.example",
      "0.0.0.0",
    ]) {
      expect(await codeOf(access.authenticate({ ...local, host }))).toBe("forbidden_origin");
    }
    for (const origin of ["null", "https://evil.example", "http://localhost.evil.example", "file://", ""]) {
      expect(await codeOf(access.authenticate({ ...local, origin }))).toBe("forbidden_origin");
    }
  });
});
