/** What ffmpeg says of a file before it decodes it. */
export interface ClipFacts {
  /** Seconds; undefined where the file does not say. */
  readonly durationS: number | undefined;
  /** Pixels of the first video stream. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly hasVideo: boolean;
}

/** Reads a file's facts out of ffmpeg's log at level info: the first input's lines. */
export function parseFfmpegLog(log: string): ClipFacts {
  const [, hours, minutes, seconds] = /^ {2}Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/m.exec(log) ?? [];
  const stream = /^ {2}Stream #0:\d+.*: Video: .*$/m.exec(log)?.[0];
  const [, width, height] = /, (\d{1,6})x(\d{1,6})/.exec(stream ?? "") ?? [];
  return {
    durationS:
      hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    width: width === undefined ? undefined : Number(width),
    height: height === undefined ? undefined : Number(height),
    hasVideo: stream !== undefined,
  };
}
