import { create } from "@bufbuild/protobuf";
import { video } from "@kinora/contracts";
import { describe, expect, it } from "vitest";
import { isFinished, parseVideo } from "./video.ts";

const record = (fields: Partial<Omit<video.Video, "$typeName">> = {}) =>
  create(video.VideoSchema, {
    id: "video_1",
    status: video.VideoStatus.QUEUED,
    createdAt: 1_700_000_000n,
    ...fields,
  });

describe("parseVideo", () => {
  it("turns seconds into dates and zero into none", () => {
    const clip = parseVideo(record());
    expect(clip.createdAt.toISOString()).toBe("2023-11-14T22:13:20.000Z");
    expect(clip.completedAt).toBeUndefined();
    expect(clip.error).toBeUndefined();
  });

  it("keeps a seed that no number can hold", () => {
    expect(parseVideo(record({ seed: 2n ** 64n - 1n })).seed).toBe(18_446_744_073_709_551_615n);
  });

  it.each([
    [video.VideoStatus.QUEUED, "queued", false],
    [video.VideoStatus.IN_PROGRESS, "in_progress", false],
    [video.VideoStatus.COMPLETED, "completed", true],
    [video.VideoStatus.FAILED, "failed", true],
    [video.VideoStatus.CANCELLED, "cancelled", true],
  ])("knows status %s as %s", (status, name, finished) => {
    const clip = parseVideo(record({ status }));
    expect(clip.status).toBe(name);
    expect(isFinished(clip)).toBe(finished);
  });

  it("refuses a missing record and a status of the future", () => {
    expect(() => parseVideo(undefined)).toThrow("without a known status");
    expect(() => parseVideo(record({ status: 99 as video.VideoStatus }))).toThrow("(99)");
  });
});
