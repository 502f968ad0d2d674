import type { JobRecord } from "@kinora/jobs";
import { editRequestOf, isEdit } from "./edit-job.ts";
import type { ArtifactRef } from "./job-result.ts";

/** Names under which requests for clips and pictures hold files that were there before the job. */
const INPUT_FIELDS = ["inputReference", "image"] as const;

/** The files that a job starts from; they stay as long as its record does. */
export function inputsOf(record: JobRecord): ArtifactRef[] {
  if (isEdit(record)) {
    const { latents, pictures } = editRequestOf(record).source;
    return [...Object.values(latents), ...pictures];
  }
  return INPUT_FIELDS.flatMap((name) => {
    const input = record.request[name] as ArtifactRef | null | undefined;
    return input ? [input] : [];
  });
}
