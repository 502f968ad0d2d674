import { edit } from "@kinora/contracts";
import { createLogger, createRpcClient, parseConfig } from "@kinora/runtime";
import { fixturePath, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "./app.ts";
import { configDefinition } from "./config.ts";

let folder: TemporaryFolder;
let app: ReturnType<typeof createApp>;
let client: ReturnType<typeof createRpcClient<typeof edit.EditService>>;

beforeAll(async () => {
  folder = await temporaryFolder("edit");
  const config = parseConfig(configDefinition, {
    KINORA_MODELS_DIR: fixturePath("models"),
    KINORA_DATA_DIR: folder.path,
    KINORA_DEFAULT_MODEL: "tiny",
    KINORA_DEVICE: "cpu",
    KINORA_RPC_PORT: "0",
  });
  app = createApp(config, createLogger({ service: "test", level: "silent" }));
  const { port } = (await app.start()) as { port: number };
  client = createRpcClient(edit.EditService, { address: `127.0.0.1:${port}` });
});

afterAll(async () => {
  client.close();
  await app.stop();
  await folder.remove();
});

/** Reads a stream to its end. */
async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) expect(event).toBeDefined();
}

const missing = (message: RegExp) =>
  expect.objectContaining({
    code: "capability_missing",
    message: expect.stringMatching(message) as string,
  }) as Error;

describe("a model without an editor", () => {
  it("says so, for the default model too", async () => {
    await expect(client.interpret({ instruction: "make it blue" })).rejects.toEqual(
      missing(/model tiny has no editor/),
    );
    await expect(client.describe({ model: "tiny-sd" })).rejects.toEqual(missing(/tiny-sd has no editor/));
    const target = { model: "tiny", outputPrefix: "out/" };
    const events = client.editImage({ target, numInferenceSteps: 2 });
    await expect(drain(events)).rejects.toEqual(missing(/tiny has no editor/));
  });
});

describe("InstructPix2Pix", () => {
  const model = "tiny-instruct-pix2pix";

  it("takes any instruction as one", async () => {
    const interpreted = await client.interpret({ model, instruction: "as if it were winter" });
    expect(interpreted).toMatchObject({ task: "instruct", parameters: {}, confidence: 1 });
    expect((await client.describe({ model })).runtime).toMatchObject({ model, provider: "cpu" });
  });

  it("edits no clips", async () => {
    const events = client.editClip({ target: { model, outputPrefix: "out/" }, numInferenceSteps: 2 });
    await expect(drain(events)).rejects.toEqual(missing(/edits pictures only/));
  });
});
