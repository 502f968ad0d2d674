import { createHash } from "node:crypto";
import type { Stage, StageFiles } from "../plans/stage.ts";
import type { ModelRuntime } from "./service-clients.ts";

/** Raised when the meaning of any stage's bytes changes, so that old results are not reused. */
export const PIPELINE_VERSION = 1;

/** What determines a stage's bytes, besides the stage itself. */
export interface StageKeyParts {
  readonly tenant: string;
  readonly runtime: ModelRuntime;
  readonly inputs: StageFiles;
}

/**
 * Hash of all that determines a stage's bytes, lower-case hex. Inputs count by their bytes' digest,
 * not their key; the tenant is in it so that a shared cache never tells who asked for what.
 */
export function stageKey(stage: Stage, { tenant, runtime, inputs }: StageKeyParts): string {
  const { digest, provider, precision } = runtime;
  const { folder, width, height } = stage.model;
  const description = {
    stage: stage.name,
    pipeline: PIPELINE_VERSION,
    tenant,
    model: { name: folder, digest, runtime: runtime.runtime, provider, precision },
    parameters: stage.parameters,
    size: [width, height],
    inputs: Object.fromEntries(stage.inputs.map((name) => [name, inputs[name]?.sha256 ?? ""])),
  };
  return createHash("sha256").update(canonicalJson(description)).digest("hex");
}

/** JSON with sorted keys and no spaces (RFC 8785 for the values used here). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
