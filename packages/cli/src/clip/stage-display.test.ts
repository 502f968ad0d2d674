import { PassThrough } from "node:stream";
import type { Video } from "@kinora/client";
import { describe, expect, it } from "vitest";
import { createBarDisplay, createLineDisplay } from "./stage-display.ts";

const record = (status: Video["status"], stage: string, progress: number): Video => ({
  id: "video_1",
  status,
  stage,
  progress,
  model: "pocket",
  prompt: "",
  seconds: "4",
  size: "512x512",
  seed: 1n,
  createdAt: new Date(0),
  completedAt: undefined,
  error: undefined,
  warnings: [],
  stageDurations: {},
  edit: undefined,
});

const JOB = [
  record("queued", "", 0),
  record("in_progress", "generate_keyframe", 2),
  record("in_progress", "generate_keyframe", 9),
  record("in_progress", "animate", 20),
  record("completed", "", 100),
];

describe("createLineDisplay", () => {
  it("writes a line when a stage begins, and only then", () => {
    const lines: string[] = [];
    const display = createLineDisplay((line) => lines.push(line.replaceAll(/ +/g, " ").trim()));
    for (const clip of JOB) display.update(clip);
    display.close();
    expect(lines).toEqual(["waiting 0 %", "generate_keyframe 2 %", "animate 20 %"]);
  });
});

describe("createBarDisplay", () => {
  it("draws a bar per stage and leaves the last one full", () => {
    // Looks like a terminal to cli-progress, which asks for nothing more than this.
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
    let drawn = "";
    stream.on("data", (text: Buffer) => {
      drawn += text.toString();
    });
    const display = createBarDisplay(stream);
    for (const clip of JOB) display.update(clip);
    display.close();
    const rows = drawn.split("\n").filter((row) => row.includes("%"));
    expect(rows.at(-2)).toMatch(/generate_keyframe.* 9 %/);
    expect(rows.at(-1)).toMatch(/animate.* 100 %/);
  });
});
