import { AppError, errorMessage } from "@kinora/errors";
import type { ConfigFields } from "@kinora/runtime";
import { checkFfmpeg } from "./check-ffmpeg.ts";
import { type NpmFfmpeg, npmFfmpeg } from "./npm-ffmpeg.ts";

/** An ffmpeg that runs and encodes H.264. */
export type Ffmpeg = SystemFfmpeg | NpmFfmpeg;

/** The operator's own ffmpeg, by KINORA_FFMPEG or on PATH: kept up to date by them, so it may read uploads. */
export interface SystemFfmpeg {
  readonly path: string;
  readonly source: "env" | "path";
  /** For example "5.1.9-0+deb12u1". */
  readonly version: string;
  readonly canReadUploads: true;
}

/** The setting that names ffmpeg; spread it into `defineConfig`. */
export const mediaConfigFields = {
  ffmpeg: {
    env: "KINORA_FFMPEG",
    description: "Path of ffmpeg. Unset: the one on PATH, then the one of the npm package.",
    kind: "path",
    optional: true,
  },
} as const satisfies ConfigFields;

/**
 * Finds the ffmpeg to use: the configured path, else PATH, else the npm package. A configured path
 * that does not work throws `config_invalid`; one on PATH that lacks libx264 is passed over;
 * finding none throws `capability_missing`.
 */
export async function findFfmpeg(
  options: { readonly configured?: string | undefined } = {},
): Promise<Ffmpeg> {
  const { configured } = options;
  if (configured !== undefined) {
    const version = await checkFfmpeg(configured).catch((error: unknown) => {
      const reason = `KINORA_FFMPEG=${configured} is not a working ffmpeg with libx264: ${errorMessage(error)}`;
      throw new AppError("config_invalid", { reason }, { cause: error });
    });
    return { path: configured, source: "env", version, canReadUploads: true };
  }
  const onPath = await checkFfmpeg("ffmpeg").catch(() => undefined);
  if (onPath !== undefined) return { path: "ffmpeg", source: "path", version: onPath, canReadUploads: true };
  try {
    return await npmFfmpeg();
  } catch (error) {
    const reason = "no ffmpeg with libx264 was found; install ffmpeg or set KINORA_FFMPEG to its path";
    throw new AppError("capability_missing", { capability: "Video encoding", reason }, { cause: error });
  }
}
