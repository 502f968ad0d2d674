import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLogger, parseConfig } from "@kinora/runtime";
import { fixturePath, temporaryFolder } from "@kinora/testing";
import { expect, it } from "vitest";
import { createApp } from "./app.ts";
import { configDefinition } from "./config.ts";

it("is not ready with a broken default model, says why, and still serves the others", async () => {
  await using folder = await temporaryFolder("gateway");
  const models = join(folder.path, "models");
  await mkdir(join(models, "broken"), { recursive: true });
  await symlink(fixturePath("models/tiny"), join(models, "tiny"));
  await writeFile(join(models, "broken", "model_index.json"), '{"_class_name": "StableDiffusionPipeline"}');
  const config = parseConfig(configDefinition, {
    ...{ KINORA_DATA_DIR: folder.path, KINORA_MODELS_DIR: models, KINORA_DEFAULT_MODEL: "broken" },
    ...{ KINORA_HTTP_PORT: "0", KINORA_GRPC_PORT: "0", KINORA_GATEWAY_ROLE: "api" },
  });
  const app = await createApp(config, createLogger({ service: "gateway", level: "silent" }));
  const { httpPort } = (await app.start()) as { httpPort: number };
  try {
    const url = (path: string) => `http://127.0.0.1:${httpPort}${path}`;
    const post = (model: string | undefined) =>
      fetch(url("/v1/videos"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ prompt: "a dog", model }),
      });
    const reason = "Model broken: text_encoder/model.onnx is missing; a StableDiffusionPipeline needs it.";
    const ready = await fetch(url("/readyz"));
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { jobs: "ok", model: reason } });
    const refused = await post(undefined);
    expect([refused.status, refused.headers.get("x-should-retry")]).toEqual([500, "false"]);
    expect(await refused.json()).toMatchObject({ error: { code: "model_invalid", message: reason } });
    expect((await post("tiny")).status).toBe(200);
    const listed = (await (await fetch(url("/v1/models/broken"))).json()) as object;
    expect(listed).toMatchObject({ id: "broken", kind: "unknown", status: "unavailable", reason });
  } finally {
    await app.drain();
    await app.stop();
  }
});
