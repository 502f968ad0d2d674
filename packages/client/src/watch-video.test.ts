import { create } from "@bufbuild/protobuf";
import { video } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { describe, expect, it } from "vitest";
import { watchVideo } from "./watch-video.ts";

const response = (status: video.VideoStatus, progress: number) =>
  create(video.WatchResponseSchema, { video: { id: "video_1", status, progress } });

const broken = () => new AppError("unavailable", { what: "The server", reason: "it restarts" });

async function progressOf(connect: () => AsyncIterable<video.WatchResponse>, signal?: AbortSignal) {
  const seen: number[] = [];
  for await (const clip of watchVideo(connect, signal)) seen.push(clip.progress);
  return seen;
}

describe("watchVideo", () => {
  it("ends with the finished record", async () => {
    const progress = await progressOf(async function* () {
      yield response(video.VideoStatus.IN_PROGRESS, 40);
      yield response(video.VideoStatus.COMPLETED, 100);
      yield response(video.VideoStatus.COMPLETED, 101);
    });
    expect(progress).toEqual([40, 100]);
  });

  it("connects again after a failure that may pass, and after an early end", async () => {
    let calls = 0;
    const progress = await progressOf(async function* () {
      calls += 1;
      yield response(video.VideoStatus.IN_PROGRESS, calls * 10);
      if (calls === 1) throw broken();
      if (calls === 3) yield response(video.VideoStatus.FAILED, 30);
    });
    expect(progress).toEqual([10, 20, 30, 30]);
  });

  it("does not repeat what cannot succeed", async () => {
    let calls = 0;
    const watching = progressOf(async function* () {
      calls += 1;
      throw new AppError("video_not_found", { id: "video_1" });
    });
    await expect(watching).rejects.toMatchObject({ code: "video_not_found" });
    expect(calls).toBe(1);
  });

  it("stops waiting when the caller does", async () => {
    const signal = AbortSignal.timeout(50);
    const watching = progressOf(async function* () {
      throw broken();
    }, signal);
    await expect(watching).rejects.toBeInstanceOf(AppError);
  });
});
