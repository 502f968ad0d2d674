import type { FairTags } from "./stored-job.ts";

/** BullMQ takes priorities from 1 (first) to 2^21 - 1. */
const LARGEST_PRIORITY = 2 ** 21 - 1;
/** Tags between 2^-10 and 2^70 are told apart. */
const SMALLEST_TAG = 2 ** -10;
const OCTAVES = 80;

/**
 * Tags of a new job by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996, equations 1
 * and 2): it starts at the virtual time, or when the tenant's previous job ends if that is later,
 * and lasts its cost over the tenant's weight. Jobs are served in order of their finish.
 */
export function fairTags(
  virtualTime: number,
  tenantFinish: number | undefined,
  job: { cost: number; weight?: number | undefined },
): FairTags {
  const start = Math.max(virtualTime, tenantFinish ?? 0);
  return { start, finish: start + fairShare(job) };
}

/** Virtual duration of a job: its cost over its tenant's weight. */
export function fairShare(job: { cost: number; weight?: number | undefined }): number {
  const { cost, weight = 1 } = job;
  if (!(Number.isFinite(cost) && cost >= 0 && Number.isFinite(weight) && weight > 0)) {
    throw new Error(`A job's cost (${cost}) and weight (${weight}) must be positive. This is a bug.`);
  }
  return cost / weight;
}

/**
 * A finish tag as a BullMQ priority. Tags grow as long as the queue never empties, priorities have
 * 21 bits: the scale is logarithmic, so that a backlog of up to some 38,000 jobs of one size keeps
 * its exact order whatever the unit of cost is, and a longer one is in order within 0.003 percent.
 */
export function priorityOfTag(finish: number): number {
  const octaves = Math.log2(1 + finish / SMALLEST_TAG);
  return Math.min(LARGEST_PRIORITY, 1 + Math.floor((octaves / OCTAVES) * LARGEST_PRIORITY));
}
