import { describe, expect, it } from "vitest";
import { createScheduler } from "./create-scheduler.ts";

const flowMatch = { _class_name: "FlowMatchEulerDiscreteScheduler", _diffusers_version: "0.36.0" };

describe("createScheduler", () => {
  it("reads a config as diffusers saves it", () => {
    const scheduler = createScheduler({
      ...flowMatch,
      base_image_seq_len: 256,
      base_shift: 0.5,
      invert_sigmas: false,
      max_image_seq_len: 4096,
      max_shift: 1.15,
      num_train_timesteps: 1000,
      shift: 3.0,
      shift_terminal: null,
      stochastic_sampling: false,
      time_shift_type: "exponential",
      use_beta_sigmas: false,
      use_dynamic_shifting: false,
      use_exponential_sigmas: false,
      use_karras_sigmas: false,
    });
    expect(scheduler.className).toBe("FlowMatchEulerDiscreteScheduler");
    expect(scheduler.createSchedule({ numSteps: 4 }).timesteps).toHaveLength(4);
  });

  it.each([
    [{ _class_name: "EDMEulerScheduler" }, /EDMEulerScheduler is not supported. Supported: CM.*, UniPC/],
    [{ ...flowMatch, use_karras_sigmas: true, use_beta_sigmas: true }, /only one of use_karras_sigmas and use_beta/],
    [{ ...flowMatch, use_karras_sigmas: 1 }, /use_karras_sigmas must be a boolean, got 1/],
    [{ ...flowMatch, prediction_type: "epsilon" }, /prediction_type.*flow_prediction, sample, got "epsilon"/],
    [{ ...flowMatch, shift: "3" }, /shift must be a number, got "3"/],
    [{ ...flowMatch, beta_start: 0.1 }, /unknown option beta_start/],
    [{ shift: 3 }, /_class_name/],
    [null, /JSON object/],
    [[], /JSON object/],
  ])("refuses %j", (config, message) => {
    expect(() => createScheduler(config)).toThrow(message);
  });
});
