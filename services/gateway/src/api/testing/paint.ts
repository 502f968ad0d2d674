import type { JobLease, LeaseOutcome } from "@kinora/jobs";
import { encodePng } from "@kinora/media";
import { imageRequestOf, pictureName } from "../../image-job.ts";
import { type JobResult, toJson } from "../../job-result.ts";
import type { ApiBench } from "./api-bench.ts";

/** The PNG of a picture of one grey. */
export function grey(level: number, side = 16): Promise<Uint8Array> {
  return encodePng({ data: Buffer.alloc(side * side * 3, level), width: side, height: side });
}

/** Finishes image jobs with grey pictures, brighter by the index. */
export function paint(bench: ApiBench): void {
  bench.startWorker(async (lease: JobLease): Promise<LeaseOutcome> => {
    const names = Array.from({ length: imageRequestOf(lease.record).count }, (_, index) => index);
    const files = names.map(async (index) => {
      const name = `${lease.id}-${index}.png`;
      const file = await bench.storeFile(name, await grey(50 + index * 50), "image/png");
      return [pictureName(index), file] as const;
    });
    const result: JobResult = {
      artifacts: Object.fromEntries(await Promise.all(files)),
      references: [],
      warnings: [{ code: "unknown_words", message: "Not known: zebra.", values: ["zebra"] }],
      stageDurations: { generate_keyframe: 1.5 },
      modelSeconds: { generate_keyframe: 1.25 },
      latents: {},
      facts: {},
    };
    return { kind: "finish", state: "completed", patch: { progress: 100, result: toJson(result) } };
  });
}
