"""Schedules and samples of diffusers' FlowMatchEulerDiscreteScheduler, for packages/diffusion.

Needs diffusers==0.36.0 beside torch. Run: python -m training.golden.flow_match
"""

import json
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

FIXTURE = Path(__file__).parents[2] / "packages/diffusion/fixtures/flow-match-euler.json"
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *(({"shift": shift}, {"num_inference_steps": 10}) for shift in (1.0, 3.0, 5.0)),
    *(({"shift": 3.0}, {"num_inference_steps": steps}) for steps in (1, 2, 4, 28)),
    ({"shift": 1.0}, {"sigmas": [1.0, 0.75, 0.5, 0.25]}),
    ({"shift": 3.0}, {"sigmas": [1.0, 0.9, 0.5, 0.1]}),
    ({"use_dynamic_shifting": True}, {"num_inference_steps": 6, "mu": 0.8}),
    ({"use_dynamic_shifting": True, "time_shift_type": "linear"}, {"num_inference_steps": 6, "mu": 0.8}),
    ({"use_dynamic_shifting": True, "shift_terminal": 0.1}, {"num_inference_steps": 8, "mu": 1.15}),
    ({"use_dynamic_shifting": True}, {"sigmas": [1.0, 0.75, 0.5, 0.25], "mu": 1.15}),
]


def run(config: dict[str, Any], schedule: dict[str, Any]) -> dict[str, Any]:
    """The deterministic loop of diffusers' own scheduler tests."""
    scheduler = FlowMatchEulerDiscreteScheduler(**config)
    scheduler.set_timesteps(**schedule)
    sample = (torch.arange(768).reshape(3, 8, 8, 4) / 768).permute(3, 0, 1, 2)
    for t in scheduler.timesteps:
        sample = scheduler.step(sample * t / (t + 1), t, sample).prev_sample
    return {
        "config": {"_class_name": type(scheduler).__name__, **config},
        "schedule": schedule,
        "timesteps": scheduler.timesteps.tolist(),
        "sigmas": scheduler.sigmas.tolist(),
        "absoluteSum": sample.abs().double().sum().item(),
        "last": sample.permute(1, 2, 3, 0).flatten()[-8:].tolist(),
    }


def main() -> None:
    cases = [run(*case) for case in CASES]
    FIXTURE.write_text(json.dumps({"diffusers": diffusers.__version__, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
