import type { JobRecord } from "@kinora/jobs";
import type { ArtifactRef } from "./job-result.ts";

/** Names under which requests of any kind hold files that were there before the job. */
const INPUT_FIELDS = ["inputReference", "image"] as const;

/** The files that a job starts from; they stay as long as its record does. */
export function inputsOf({ request }: JobRecord): ArtifactRef[] {
  return INPUT_FIELDS.flatMap((name) => {
    const input = request[name] as ArtifactRef | null | undefined;
    return input ? [input] : [];
  });
}
