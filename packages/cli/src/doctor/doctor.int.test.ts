import { once } from "node:events";
import { createServer } from "node:net";
import { freePort, startRedis, temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { checkModel } from "./check-model.ts";
import { checkModules } from "./check-modules.ts";
import { checkSurroundings } from "./check-surroundings.ts";
import { type Finding, renderFinding } from "./finding.ts";

const bySubject = (findings: readonly Finding[]) =>
  new Map(findings.map((finding) => [finding.subject, finding]));

describe("kinora doctor", () => {
  it("finds the native modules and ffmpeg of this checkout", async () => {
    const findings = bySubject(await checkModules(process.env));
    expect([...findings.values()].filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.get("onnxruntime")?.detail).toContain("cpu");
  });

  it("says what is wrong with a configured ffmpeg, and how to get one", async () => {
    const findings = bySubject(await checkModules({ ...process.env, KINORA_FFMPEG: "/nowhere/ffmpeg" }));
    expect(findings.get("ffmpeg")).toMatchObject({ ok: false });
    expect(renderFinding(findings.get("ffmpeg") as Finding)).toMatch(
      /^missing {2}ffmpeg[^]*-> apt-get install ffmpeg/,
    );
  });

  it("names a model that is not there", async () => {
    const finding = await checkModel({ KINORA_DEFAULT_MODEL: "nothing" }, process.cwd());
    expect(finding).toMatchObject({ subject: "model", ok: false });
    expect(finding.detail).toContain("nothing");
  });

  it("tells free ports from taken ones, and a Redis from silence", async () => {
    await using folder = await temporaryFolder("doctor");
    await using redis = await startRedis();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const env = { KINORA_HTTP_PORT: String(port), KINORA_GRPC_PORT: String(await freePort()) };
    const findings = bySubject(
      await checkSurroundings(
        { ...env, KINORA_REDIS_URL: redis.url, KINORA_S3_ENDPOINT: "http://127.0.0.1:9" },
        folder.path,
      ),
    );
    taken.close();
    expect(findings.get(`port ${port}`)).toMatchObject({ ok: false });
    expect(findings.get(`port ${env.KINORA_GRPC_PORT}`)).toMatchObject({ ok: true });
    expect(findings.get("redis")).toMatchObject({ ok: true });
    expect(findings.get("s3")).toMatchObject({ ok: false });
  });
});
