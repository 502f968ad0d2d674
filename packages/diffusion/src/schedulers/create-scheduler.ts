import { createConsistencyModel } from "./consistency-model.ts";
import { createDdim } from "./ddim.ts";
import { createDdpm } from "./ddpm.ts";
import { createDpmSolverMultistep } from "./dpm-solver-multistep.ts";
import { createEuler } from "./euler.ts";
import { createEulerAncestral } from "./euler-ancestral.ts";
import { createFlowMatchEuler } from "./flow-match-euler.ts";
import { createHeun } from "./heun.ts";
import { createLcm } from "./lcm.ts";
import { createLms } from "./lms.ts";
import { createPndm } from "./pndm.ts";
import type { Scheduler } from "./scheduler.ts";
import { createTcd } from "./tcd.ts";
import { createUniPc } from "./unipc.ts";

type SchedulerConfig = Readonly<Record<string, unknown>>;

/** diffusers' scheduler classes that are implemented here. */
const SCHEDULERS = new Map<string, (config: SchedulerConfig) => Scheduler>([
  ["CMStochasticIterativeScheduler", createConsistencyModel],
  ["DDIMScheduler", createDdim],
  ["DDPMScheduler", createDdpm],
  ["DPMSolverMultistepScheduler", createDpmSolverMultistep],
  ["EulerAncestralDiscreteScheduler", createEulerAncestral],
  ["EulerDiscreteScheduler", createEuler],
  ["FlowMatchEulerDiscreteScheduler", createFlowMatchEuler],
  ["HeunDiscreteScheduler", createHeun],
  ["LCMScheduler", createLcm],
  ["LMSDiscreteScheduler", createLms],
  ["PNDMScheduler", createPndm],
  ["TCDScheduler", createTcd],
  ["UniPCMultistepScheduler", createUniPc],
]);

/**
 * Makes the scheduler that a parsed scheduler_config.json describes.
 * Throws an Error that names the class or the option which is not supported.
 */
export function createScheduler(config: unknown): Scheduler {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new Error("A scheduler config must be a JSON object.");
  }
  const { _class_name: className } = config as { _class_name?: unknown };
  if (typeof className !== "string") throw new Error("A scheduler config must have a _class_name.");
  const create = SCHEDULERS.get(className);
  if (create === undefined) {
    const supported = [...SCHEDULERS.keys()].join(", ");
    throw new Error(`Scheduler ${className} is not supported. Supported: ${supported}.`);
  }
  return create(config as SchedulerConfig);
}
