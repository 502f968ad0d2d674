"""Which schedulers, options and requests packages/diffusion is compared on. A case is (class, options, request)."""

from collections.abc import Iterator
from typing import Any

Options = dict[str, Any]
Case = tuple[str, Options, Options]

STABLE_DIFFUSION: Options = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SPACINGS: tuple[Options, ...] = (
    {"timestep_spacing": "linspace"},
    {"timestep_spacing": "leading", "steps_offset": 1},
    {"timestep_spacing": "trailing"},
)
ZERO_SNR: Options = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}
THRESHOLDING: Options = {"thresholding": True, "dynamic_thresholding_ratio": 0.87, "sample_max_value": 1.4}
SIGMAS: tuple[Options, ...] = ({"use_karras_sigmas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True})
BETAS: tuple[Options, ...] = (
    {},
    STABLE_DIFFUSION,
    {"beta_schedule": "squaredcos_cap_v2"},
    {"trained_betas": [0.001 * (i + 1) for i in range(40)], "num_train_timesteps": 40},
)
EPS, V, X0, FLOW = ({"prediction_type": name} for name in ("epsilon", "v_prediction", "sample", "flow_prediction"))
STEPS = (1, 2, 3, 7, 16)


def steps(count: int, **request: Any) -> Options:
    """A request for so many steps."""
    return {"num_inference_steps": count, **request}


def common(name: str, predictions: tuple[Options, ...]) -> Iterator[Case]:
    """Betas, spacings, prediction types and step counts, which most classes have."""
    yield from ((name, options, steps(5)) for options in BETAS)
    yield from ((name, STABLE_DIFFUSION | spacing, steps(count)) for spacing in SPACINGS for count in STEPS)
    yield from ((name, STABLE_DIFFUSION | prediction, steps(6)) for prediction in predictions)


def alpha_cases() -> Iterator[Case]:
    """DDIM, DDPM and PNDM."""
    for name in ("DDIMScheduler", "DDPMScheduler"):
        yield from common(name, (EPS, V, X0))
        yield name, STABLE_DIFFUSION | ZERO_SNR | {"clip_sample": False}, steps(8)
        yield name, {"rescale_betas_zero_snr": True} | V, steps(8)
        yield name, {"clip_sample": False}, steps(6)
        yield name, {"clip_sample_range": 0.6}, steps(6)
        yield name, THRESHOLDING, steps(6)
        yield name, STABLE_DIFFUSION, steps(10, begin_index=6)
    ddim = STABLE_DIFFUSION | {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
    yield "DDIMScheduler", ddim, steps(10)
    yield "DDIMScheduler", ddim, steps(10, eta=0.5)
    yield "DDIMScheduler", ddim | V, steps(4, eta=1.0)
    for kind in ("fixed_small", "fixed_small_log", "fixed_large"):
        yield "DDPMScheduler", {"variance_type": kind}, steps(6)
    for kind in ("learned", "learned_range"):
        yield "DDPMScheduler", {"variance_type": kind}, steps(6, learns_variance=True)
    yield "DDPMScheduler", {"variance_type": "learned_range"}, {"timesteps": [400, 90, 7], "learns_variance": True}
    yield "DDPMScheduler", {"beta_schedule": "sigmoid"}, steps(6)
    yield "DDPMScheduler", {}, {"timesteps": [100, 87, 50, 1, 0]}
    yield "DDPMScheduler", {}, steps(200)
    for skip in (True, False):
        name = "PNDMScheduler"
        for spacing in SPACINGS:
            for count in STEPS:
                if skip or count > 3:
                    yield name, STABLE_DIFFUSION | {"skip_prk_steps": skip} | spacing, steps(count)
        yield name, STABLE_DIFFUSION | {"skip_prk_steps": skip} | V, steps(8)
        yield name, {"skip_prk_steps": skip, "set_alpha_to_one": True}, steps(12)
    yield "PNDMScheduler", STABLE_DIFFUSION | {"skip_prk_steps": True, "steps_offset": 1}, steps(10, begin_index=5)


def distilled_cases() -> Iterator[Case]:
    """LCM, TCD and consistency models."""
    for name in ("LCMScheduler", "TCDScheduler"):
        yield from ((name, {}, steps(count)) for count in (1, 2, 4, 7, 10, 50))
        yield from ((name, options, steps(4)) for options in (*BETAS[:3], V, X0, {"num_train_timesteps": 500}))
        yield name, {"original_inference_steps": 100}, steps(4)
        yield name, {"rescale_betas_zero_snr": True} | V, steps(4)
        yield name, {"clip_sample": True}, steps(4)
        yield name, THRESHOLDING, steps(4)
        yield name, {}, steps(4, strength=0.6)
        yield name, {}, steps(4, original_inference_steps=25)
        yield name, {}, {"timesteps": [999, 759, 499, 259]}
        yield name, {}, {"timesteps": [999, 759, 499, 259], "strength": 0.5}
        yield name, {}, steps(8, begin_index=4)
    yield "LCMScheduler", {"timestep_scaling": 5.0}, steps(4)
    yield from (("TCDScheduler", options, steps(6, eta=eta)) for options in (EPS, V, X0) for eta in (0.3, 0.45, 1.0))
    name = "CMStochasticIterativeScheduler"
    yield from ((name, {}, steps(count)) for count in (1, 2, 5, 10))
    yield name, {"num_train_timesteps": 201, "clip_denoised": False, "s_noise": 0.9}, {"timesteps": [106, 0]}
    yield name, {"sigma_data": 0.7, "rho": 5.0, "sigma_max": 20.0}, steps(6)


def sigma_cases() -> Iterator[Case]:
    """Euler, ancestral Euler, Heun and LMS."""
    for name in ("EulerDiscreteScheduler", "LMSDiscreteScheduler", "HeunDiscreteScheduler"):
        yield from common(name, (EPS, V, X0))
        for spaced in SIGMAS:
            yield from ((name, STABLE_DIFFUSION | spaced | spacing, steps(10)) for spacing in SPACINGS)
            yield name, spaced | V, steps(5)
        yield name, STABLE_DIFFUSION, steps(10, begin_index=6)
    name = "EulerDiscreteScheduler"
    for spaced in SIGMAS:
        yield name, STABLE_DIFFUSION | spaced | {"sigma_min": 0.1, "sigma_max": 10.0}, steps(6)
    yield name, STABLE_DIFFUSION | ZERO_SNR, steps(8)
    yield name, STABLE_DIFFUSION | {"final_sigmas_type": "sigma_min"}, steps(8)
    for spaced in ({}, *SIGMAS):
        yield name, STABLE_DIFFUSION | {"interpolation_type": "log_linear"} | spaced, steps(8)
    stable_video = V | {
        "use_karras_sigmas": True,
        "sigma_min": 0.002,
        "sigma_max": 700.0,
        "timestep_type": "continuous",
        "timestep_spacing": "leading",
        "steps_offset": 1,
    }
    yield name, STABLE_DIFFUSION | stable_video, steps(8)
    yield name, STABLE_DIFFUSION, {"timesteps": [900, 500, 20]}
    yield name, STABLE_DIFFUSION, {"sigmas": [14.6, 6.0, 2.0, 0.3, 0.0]}
    yield name, STABLE_DIFFUSION, steps(8, s_churn=3.0)
    yield name, STABLE_DIFFUSION | V, steps(8, s_churn=20.0, s_tmin=0.5, s_tmax=10.0, s_noise=1.003)
    yield "HeunDiscreteScheduler", {"beta_schedule": "exp"}, steps(6)
    yield "HeunDiscreteScheduler", {"clip_sample": True, "clip_sample_range": 0.8}, steps(6)
    yield "HeunDiscreteScheduler", {}, {"timesteps": [900, 500, 20]}
    name = "EulerAncestralDiscreteScheduler"
    yield from common(name, (EPS, V))
    yield name, STABLE_DIFFUSION | ZERO_SNR, steps(8)
    yield name, STABLE_DIFFUSION, steps(10, begin_index=6)


def dpm_cases() -> Iterator[Case]:
    """DPM-Solver and DPM-Solver++, multistep."""
    name = "DPMSolverMultistepScheduler"
    yield from common(name, (EPS, V, X0))
    for order in (1, 2, 3):
        for solver in ("midpoint", "heun"):
            for final in ("zero", "sigma_min"):
                options = {"solver_order": order, "solver_type": solver, "final_sigmas_type": final}
                yield name, STABLE_DIFFUSION | options | {"algorithm_type": "dpmsolver++"}, steps(7)
                yield name, STABLE_DIFFUSION | options | {"algorithm_type": "sde-dpmsolver++"}, steps(7)
            options = {"solver_order": order, "solver_type": solver, "final_sigmas_type": "sigma_min"}
            yield name, STABLE_DIFFUSION | options | {"algorithm_type": "dpmsolver"}, steps(7)
            if order < 3:
                yield name, STABLE_DIFFUSION | options | {"algorithm_type": "sde-dpmsolver"}, steps(7)
    few = STABLE_DIFFUSION | {"solver_order": 3, "final_sigmas_type": "sigma_min"}
    yield from ((name, few, steps(count)) for count in (14, 15))
    for options in (V, X0, THRESHOLDING):
        noise = {"algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}
        yield name, STABLE_DIFFUSION | options | noise, steps(6)
        yield name, STABLE_DIFFUSION | options, steps(6)
    for spaced in (*SIGMAS, {"use_lu_lambdas": True}):
        for betas in (*BETAS[:2], BETAS[2] | V):
            yield from ((name, betas | spaced, steps(count)) for count in (2, 5, 10, 20))
        yield name, STABLE_DIFFUSION | spaced | V | {"algorithm_type": "sde-dpmsolver++"}, steps(8)
    yield name, STABLE_DIFFUSION | {"use_karras_sigmas": True, "sigma_min": 0.1, "sigma_max": 10.0}, steps(6)
    yield name, STABLE_DIFFUSION | {"lower_order_final": False}, steps(8)
    yield name, STABLE_DIFFUSION | {"euler_at_final": True, "final_sigmas_type": "sigma_min"}, steps(20)
    yield name, {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, steps(6)
    yield name, STABLE_DIFFUSION | ZERO_SNR, steps(8)
    deis = {"algorithm_type": "deis", "solver_type": "logrho", "final_sigmas_type": "sigma_min"}
    yield name, deis, steps(5)
    yield name, STABLE_DIFFUSION, {"timesteps": [900, 500, 20]}
    yield name, STABLE_DIFFUSION, steps(10, begin_index=6)
    flow = FLOW | {"use_flow_sigmas": True}
    yield from ((name, flow | {"flow_shift": shift}, steps(count)) for shift in (1.0, 3.0) for count in (1, 4, 20))
    yield name, flow | {"use_dynamic_shifting": True}, steps(6, mu=0.8)
    yield name, flow | {"final_sigmas_type": "sigma_min", "solver_order": 3}, steps(6)
    yield name, FLOW, steps(6)


def unipc_cases() -> Iterator[Case]:
    """UniPC."""
    name = "UniPCMultistepScheduler"
    yield from common(name, (EPS, V, X0))
    for order in (1, 2, 3):
        yield name, STABLE_DIFFUSION | {"solver_order": order}, steps(8)
        for solver in ("bh1", "bh2"):
            for predicts in (True, False):
                options = {"solver_order": order, "solver_type": solver, "predict_x0": predicts}
                yield name, STABLE_DIFFUSION | options | {"final_sigmas_type": "sigma_min"}, steps(8)
    yield name, STABLE_DIFFUSION | V | {"predict_x0": False, "final_sigmas_type": "sigma_min"}, steps(6)
    yield name, STABLE_DIFFUSION | X0 | {"predict_x0": False, "final_sigmas_type": "sigma_min"}, steps(6)
    yield name, STABLE_DIFFUSION | {"lower_order_final": False, "final_sigmas_type": "sigma_min"}, steps(6)
    yield name, STABLE_DIFFUSION | {"disable_corrector": [0, 2]}, steps(6)
    yield name, STABLE_DIFFUSION | {"solver_type": "heun"}, steps(6)
    yield name, STABLE_DIFFUSION | THRESHOLDING, steps(6)
    yield name, STABLE_DIFFUSION | ZERO_SNR, steps(8)
    for spaced in SIGMAS:
        for final in ("zero", "sigma_min"):
            yield name, STABLE_DIFFUSION | spaced | {"final_sigmas_type": final}, steps(8)
        yield name, spaced | V, steps(5)
    yield name, STABLE_DIFFUSION, steps(10, begin_index=6)
    flow = FLOW | {"use_flow_sigmas": True}
    yield from ((name, flow | {"flow_shift": shift}, steps(count)) for shift in (1.0, 3.0) for count in (1, 4, 20))
    yield name, flow | {"use_dynamic_shifting": True}, steps(6, mu=0.8)
    yield name, flow | {"final_sigmas_type": "sigma_min", "solver_order": 3}, steps(6)
    yield name, FLOW, steps(6)


def shifted_cases() -> Iterator[Case]:
    """UniPC's flow sigmas as diffusers 0.42.1 makes them."""
    name = "UniPCMultistepScheduler"
    flow = FLOW | {"use_flow_sigmas": True, "shift_terminal": None}
    yield from ((name, flow | {"flow_shift": shift}, steps(count)) for shift in (1.0, 3.0) for count in (1, 4, 20))
    yield name, flow | {"shift_terminal": 0.1, "flow_shift": 3.0}, steps(6)
    for kind in ("exponential", "linear"):
        yield name, flow | {"use_dynamic_shifting": True, "time_shift_type": kind}, steps(6, mu=0.8)
    yield name, flow | {"final_sigmas_type": "sigma_min", "solver_order": 3}, steps(6)
    yield name, flow | {"flow_shift": 2.0}, {"sigmas": [1.0, 0.7, 0.4, 0.1]}
    for final in ("zero", "sigma_min"):
        ends = {"sigma_min": 0.01, "sigma_max": 200.0, "final_sigmas_type": final}
        yield name, flow | {"use_karras_sigmas": True} | ends, steps(5)
    yield name, STABLE_DIFFUSION | {"use_exponential_sigmas": True, "sigma_min": 0.1, "sigma_max": 10.0}, steps(6)


def flow_cases() -> Iterator[Case]:
    """Flow-matching Euler beyond the cases of flow_match.py."""
    name = "FlowMatchEulerDiscreteScheduler"
    yield from ((name, {"shift": 3.0} | spaced, steps(count)) for spaced in SIGMAS for count in (2, 8))
    yield name, {"use_karras_sigmas": True}, {"sigmas": [1.0, 0.75, 0.5, 0.25]}
    yield name, {"shift": 3.0, "invert_sigmas": True}, steps(5)
    yield name, {"shift": 3.0, "stochastic_sampling": True}, steps(5)
    yield name, {"shift": 2.0, "shift_terminal": 0.1}, steps(5)
    yield name, {"shift": 3.0}, steps(10, begin_index=6)


FIXTURES = {
    "alpha": alpha_cases,
    "distilled": distilled_cases,
    "sigma": sigma_cases,
    "dpm": dpm_cases,
    "unipc": unipc_cases,
    "flow": flow_cases,
}
NEWER_FIXTURES = {"unipc-shifted": shifted_cases}
