import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The folders behind a model's name: itself, or the parts of which its kinora.json composes it
 * (`"compose": {"keyframe": FOLDER, "motion": FOLDER}`), each once. What cannot be read is left to whoever opens it.
 */
export async function modelParts(modelsDir: string, name: string): Promise<string[]> {
  const text = await readFile(join(modelsDir, name, "kinora.json"), "utf8").catch(() => "{}");
  const parts = Object.values(composeOf(text)).filter((part) => typeof part === "string");
  return parts.length > 0 ? [...new Set(parts)] : [name];
}

function composeOf(text: string): object {
  try {
    const { compose } = JSON.parse(text) as { compose?: unknown };
    return typeof compose === "object" && compose !== null ? compose : {};
  } catch {
    return {};
  }
}
