import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, errorMessage } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";

/** The bytes of a picture whose path is relative to where the user stands. */
export async function readPicture({ workingDir }: CliContext, path: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(workingDir, path));
  } catch (error) {
    const reason = `${path} could not be read: ${errorMessage(error)}`;
    throw new AppError("invalid_image", { reason }, { cause: error });
  }
}
