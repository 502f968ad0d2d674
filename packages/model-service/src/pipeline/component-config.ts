import { AppError } from "@kinora/errors";
import type { JsonObject, ModelFolder } from "@kinora/inference";

/** A component's config.json with checked reads: each throws `model_invalid` naming the file and what it must hold. */
export interface ComponentConfig {
  readonly json: JsonObject;
  /** A whole number of 1 or more. */
  count(key: string, fallback?: number): number;
  /** A finite number; null and absence are the fallback. */
  number(key: string, fallback: number): number;
  /** A list of whole numbers. */
  counts(key: string): number[];
  /** One size for both directions, or [height, width]. */
  size(key: string): { height: number; width: number };
}

/** Reads `component`'s config of a folder. */
export async function readComponentConfig(folder: ModelFolder, component: string): Promise<ComponentConfig> {
  const json = await folder.config(component);
  const refuse = (key: string, expected: string): never => {
    const reason = `${component}/config.json: ${key} must be ${expected}, got ${JSON.stringify(json[key]) ?? "nothing"}.`;
    throw new AppError("model_invalid", { model: folder.name, reason });
  };
  return {
    json,
    count(key, fallback) {
      const value = json[key] ?? fallback;
      return isCount(value) ? value : refuse(key, "a whole number of 1 or more");
    },
    number(key, fallback) {
      const value = json[key] ?? fallback;
      return typeof value === "number" && Number.isFinite(value) ? value : refuse(key, "a number");
    },
    counts(key) {
      const value = json[key];
      return Array.isArray(value) && value.every(isCount) ? value : refuse(key, "a list of whole numbers");
    },
    size(key) {
      const value = json[key];
      const [height, width] = (Array.isArray(value) ? value : [value, value]) as unknown[];
      if (isCount(height) && isCount(width)) return { height, width };
      return refuse(key, "a whole number, or [height, width]");
    },
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
