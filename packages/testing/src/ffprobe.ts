import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** One stream as ffprobe prints it. */
export interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly profile?: string;
  readonly pix_fmt?: string;
  readonly width?: number;
  readonly height?: number;
  /** A fraction, for example "16/1". */
  readonly r_frame_rate: string;
  readonly avg_frame_rate: string;
  /** Seconds, in decimals. */
  readonly duration?: string;
  readonly start_time?: string;
  /** Frames as the container counts them. */
  readonly nb_frames?: string;
  /** Frames as decoded one by one. */
  readonly nb_read_frames?: string;
  readonly color_space?: string;
  readonly color_range?: string;
  readonly color_primaries?: string;
  readonly color_transfer?: string;
  readonly has_b_frames?: number;
}

/** ffprobe's JSON: the streams and the container. */
export interface Probe {
  readonly streams: readonly ProbedStream[];
  readonly format: {
    readonly format_name: string;
    readonly duration?: string;
    readonly size?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

/** What a file really holds, by ffprobe, every frame decoded and counted. Throws when it cannot be read. */
export async function ffprobe(path: string): Promise<Probe> {
  const args = ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-count_frames", path];
  const { stdout } = await promisify(execFile)("ffprobe", args, { maxBuffer: 16 * 2 ** 20 });
  return JSON.parse(stdout) as Probe;
}
