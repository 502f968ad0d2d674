import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createReflectedStub, ffprobe, ReflectionClient, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "./stack.ts";

const SERVICE = "kinora.video.v1.VideoService";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

interface VideoMessage {
  readonly video: { readonly id: string; readonly status: string; readonly progress?: number };
}

it("a client written only from the served reflection makes, watches and downloads a clip", async () => {
  const reflection = new ReflectionClient(stack.grpcAddress, "v1");
  expect(await reflection.services()).toContain(SERVICE);
  const videos = createReflectedStub(await reflection.describe(SERVICE), stack.grpcAddress);
  try {
    const created = (await videos.unary("Create", {
      prompt: "un gatto rosso salta",
      seed: "5",
    })) as VideoMessage;
    const { id } = created.video;
    const seen = (await videos.stream("Watch", { id })) as VideoMessage[];
    expect(seen.at(-1)?.video.status).toBe("VIDEO_STATUS_COMPLETED");
    const progress = seen.map(({ video }) => video.progress ?? 0);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));

    const pieces = (await videos.stream("Download", { id })) as { data: string; mediaType?: string }[];
    expect(pieces[0]?.mediaType).toBe("video/mp4");
    await using folder = await temporaryFolder("reflected");
    const path = join(folder.path, "clip.mp4");
    await writeFile(path, Buffer.concat(pieces.map(({ data }) => Buffer.from(data, "base64"))));
    const { streams } = await ffprobe(path);
    expect(streams[0]).toMatchObject({ codec_name: "h264", nb_read_frames: "65" });
  } finally {
    videos.close();
    reflection.close();
  }
});
