import { AppError } from "@kinora/errors";
import { describe, expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "./create-logger.ts";

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    service: "t2i",
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  const entries = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, entries };
}

describe("createLogger", () => {
  test("writes one JSON object per line, with names for levels and ISO times", () => {
    const { logger, lines, entries } = capture();
    logger.info({ jobId: "video_1" }, "stage finished");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\n$/);
    expect(entries()[0]).toMatchObject({
      level: "info",
      service: "t2i",
      jobId: "video_1",
      msg: "stage finished",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test("leaves out what is below its level", () => {
    const { logger, lines } = capture({ level: "warn" });
    logger.info("quiet");
    logger.warn("loud");
    expect(lines).toHaveLength(1);
  });

  test("hides secrets, however deep a request holds them", () => {
    const { logger, lines } = capture();
    logger.info({
      authorization: "hunter2",
      headers: { authorization: "hunter2", cookie: "hunter2", host: "here" },
      req: { headers: { authorization: "hunter2" } },
      webhook: { secret: "hunter2" },
    });
    logger.child({ secret: "hunter2" }).info({}, "child");
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines[0]).toContain("here");
  });

  test("drops personal data from lines and children, unless it is asked for", () => {
    const { logger, lines } = capture();
    logger.info({ pii: { prompt: "un cane" }, jobId: "v" }, "created");
    logger.child({ pii: { url: "un cane" } }).info("child");
    expect(lines.join("")).not.toContain("un cane");
    expect(lines[0]).toContain('"jobId":"v"');
    const open = capture({ pii: true });
    open.logger.info({ pii: { prompt: "un cane" } }, "created");
    expect(open.entries()[0]).toMatchObject({ pii: { prompt: "un cane" } });
  });

  test("tells an error's code, fields and cause", () => {
    const { logger, entries } = capture();
    const cause = new Error("ENOSPC");
    logger.error({ err: new AppError("storage_failed", { reason: "disk full" }, { cause }) }, "failed");
    expect(entries()[0]?.["err"]).toMatchObject({ code: "storage_failed", fields: { reason: "disk full" } });
    expect(JSON.stringify(entries()[0])).toContain("ENOSPC");
  });

  test("pretty lines are one line each, fields and errors included", () => {
    const { logger, lines } = capture({ pretty: true });
    logger.warn({ stage: "t2i.generate", steps: 4, err: new Error("two\nlines") }, "slow stage");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}t2i: slow stage stage=t2i\.generate steps=4 Error: two \| lines/,
    );
    expect(lines[0]?.trimEnd()).not.toContain("\n");
  });
});
