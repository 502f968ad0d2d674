import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@kinora/errors";

/** The files of one model folder that describe it, read by their paths from the folder. */
export interface FolderReader {
  readonly name: string;
  /** Throws `model_invalid` naming the file when it is not there or no JSON object. */
  readJson(rel: string): Promise<JsonObject>;
  has(rel: string): Promise<boolean>;
  /** When the file was written, in Unix seconds. Throws `model_invalid` when it is not there. */
  writtenAtS(rel: string): Promise<number>;
  /** Digest of manifest.json; without one, a digest of every description read so far. */
  digest(): Promise<string>;
  /** Throws `model_invalid` with this sentence. */
  refuse(reason: string): never;
}

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads the folder `modelsDir/name`. */
export function createFolderReader(modelsDir: string, name: string): FolderReader {
  const described = createHash("sha256");
  const refuse = (reason: string, cause?: unknown): never => {
    throw new AppError("model_invalid", { model: name, reason }, { cause });
  };
  const pathOf = (rel: string) => join(modelsDir, name, rel);
  const readJson = async (rel: string): Promise<JsonObject> => {
    const text = await readFile(pathOf(rel), "utf8").catch((cause: unknown) =>
      refuse(`${rel} is missing.`, cause),
    );
    described.update(`${rel}\n${text}\n`);
    const content = parseJson(text) ?? refuse(`${rel} is not JSON.`);
    if (typeof content !== "object" || Array.isArray(content)) return refuse(`${rel} is not a JSON object.`);
    return content as JsonObject;
  };
  const has = async (rel: string) => (await stat(pathOf(rel)).catch(() => undefined)) !== undefined;
  return {
    name,
    readJson,
    has,
    refuse,
    async writtenAtS(rel) {
      const { mtimeMs } = await stat(pathOf(rel)).catch((cause: unknown) =>
        refuse(`${rel} is missing.`, cause),
      );
      return Math.floor(mtimeMs / 1000);
    },
    async digest() {
      if (!(await has("manifest.json"))) return described.digest("hex");
      const { digest } = await readJson("manifest.json");
      return typeof digest === "string" ? digest : refuse("manifest.json has no digest.");
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
