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
    [
      { ...flowMatch, use_karras_sigmas: true, use_beta_sigmas: true },
      /only one of use_karras_sigmas and use_beta/,
    ],
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

describe("options that come from other classes' configs", () => {
  it("are let by as diffusers does, if it knows them at all", () => {
    const stableDiffusion = {
      _class_name: "PNDMScheduler",
      beta_end: 0.012,
      beta_schedule: "scaled_linear",
      beta_start: 0.00085,
      num_train_timesteps: 1000,
      set_alpha_to_one: false,
      skip_prk_steps: true,
      steps_offset: 1,
      trained_betas: null,
      clip_sample: false,
    };
    const schedule = createScheduler(stableDiffusion).createSchedule({ numSteps: 3 });
    expect([...schedule.timesteps]).toEqual([667, 334, 334, 1]);
    expect(() => createScheduler({ ...stableDiffusion, clip_smaple: false })).toThrow(
      /unknown option clip_smaple/,
    );
  });

  it.each([
    ["DPMSolverMultistepScheduler", { algorithm_type: "dpmsolver" }, /final_sigmas_type sigma_min, got zero/],
    ["DPMSolverMultistepScheduler", { solver_order: 4 }, /solver_order 3 at most, got 4/],
    ["DPMSolverMultistepScheduler", { lambda_min_clipped: "-inf" }, /lambda_min_clipped must be a number/],
    [
      "DPMSolverMultistepScheduler",
      { variance_type: "learned" },
      /variance_type must be null, got "learned"/,
    ],
    ["UniPCMultistepScheduler", { solver_type: "bh1" }, /bh1.*must be sigma_min/],
    ["UniPCMultistepScheduler", { shift_terminal: 0.1 }, /shift_terminal needs use_flow_sigmas/],
    [
      "EulerAncestralDiscreteScheduler",
      { prediction_type: "sample" },
      /one of epsilon, v_prediction, got "sample"/,
    ],
    ["DDIMScheduler", { timestep_spacing: "middle" }, /one of leading, linspace, trailing, got "middle"/],
    ["DDIMScheduler", { beta_schedule: "sigmoid" }, /beta_schedule must be one of linear, scaled_linear/],
    ["DDPMScheduler", { variance_type: "fixed_large_log" }, /variance_type must be one of/],
    ["DDPMScheduler", { num_train_timesteps: 10.5 }, /whole number of 1 or more, got 10.5/],
    ["LMSDiscreteScheduler", { trained_betas: [0.1, 0.2] }, /2 values for num_train_timesteps 1000/],
  ])("%s refuses %j", (className, options, message) => {
    expect(() => createScheduler({ _class_name: className, ...options })).toThrow(message);
  });

  it.each([
    ["UniPCMultistepScheduler", 1.16],
    ["DPMSolverMultistepScheduler", 1.16],
    ["FlowMatchEulerDiscreteScheduler", 1.15],
  ])("%s finds its dynamic shift, if it has one", (className, most) => {
    const dynamic = createScheduler({ _class_name: className, use_dynamic_shifting: true });
    expect(dynamic.dynamicShift?.(256)).toBeCloseTo(0.5, 12);
    expect(dynamic.dynamicShift?.(4096)).toBeCloseTo(most, 12);
    expect(createScheduler({ _class_name: className }).dynamicShift).toBeUndefined();
  });

  it("reads minus infinity", () => {
    const scheduler = createScheduler({
      _class_name: "DPMSolverMultistepScheduler",
      lambda_min_clipped: Number.NEGATIVE_INFINITY,
    });
    expect(scheduler.createSchedule({ numSteps: 2 }).timesteps[0]).toBe(999);
  });
});
