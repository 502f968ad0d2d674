"""Schedules and samples of diffusers' schedulers, step by step, for packages/diffusion.

Needs diffusers==0.36.0 and scipy beside torch. Run: python -m training.golden.schedulers [fixture ...]
The fixture unipc-shifted needs diffusers==0.42.1, and is made only when named.
A step is kept as the sum of its absolute values and three of them.
"""

import inspect
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import scipy
import torch

from training.golden.scheduler_cases import FIXTURES, NEWER_FIXTURES, Case

FOLDER = Path(__file__).parents[2] / "packages/diffusion/fixtures"
SHAPE = (2, 4, 4, 4)
SAMPLE_SEED, STEP_SEED = 7, 11
KEPT = [0, 64, 127]
STEP_OPTIONS = ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise")


def model(sample: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """Something like a network: bounded, smooth, not linear."""
    return (0.5 + t.float() / 2000) * sample + 0.3 * torch.cos(2 * sample)


def number(value: float) -> float:
    """A float32 in as few digits as give it back."""
    return float(str(np.float32(value)))


def summarise(sample: torch.Tensor) -> list[float]:
    """What the fixture keeps of one step."""
    values = sample.flatten()
    return [number(values.abs().double().sum().item()), *(number(v) for v in values[KEPT].tolist())]


def begin(scheduler: Any, noise: torch.Tensor, index: int) -> torch.Tensor:
    """The sample of a picture-to-picture pipeline that begins at call `index`."""
    original = torch.linspace(-1, 1, noise.numel()).reshape(noise.shape)
    timestep = scheduler.timesteps[index : index + 1]
    if hasattr(scheduler, "scale_noise"):
        return scheduler.scale_noise(original, timestep, noise)
    return scheduler.add_noise(original, noise, timestep)


def run(case: Case) -> dict[str, Any]:
    """One generation."""
    name, options, request = case
    kind = getattr(diffusers, name)
    scheduler = kind.from_config(dict(options))
    request = dict(request)
    begin_index = request.pop("begin_index", 0) * scheduler.order
    learns = request.pop("learns_variance", False)
    extra = {key: request.pop(key) for key in STEP_OPTIONS if key in request}
    if "generator" in inspect.signature(kind.step).parameters:
        extra["generator"] = torch.Generator().manual_seed(STEP_SEED)
    if name == "TCDScheduler":
        extra.setdefault("eta", 0.0)
    if "sigmas" in request:
        request["sigmas"] = np.array(request["sigmas"])
    scheduler.set_timesteps(**request)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin_index)
    torch.manual_seed(STEP_SEED)
    noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(SAMPLE_SEED))
    scale = float(scheduler.init_noise_sigma) if hasattr(scheduler, "init_noise_sigma") else 1.0
    sample = noise * scale if begin_index == 0 else begin(scheduler, noise, begin_index)
    trace = [summarise(sample)]
    for t in scheduler.timesteps[begin_index:]:
        scaled = scheduler.scale_model_input(sample, t) if hasattr(scheduler, "scale_model_input") else sample
        output = model(scaled, t)
        output = torch.cat([output, 0.5 + 0.4 * torch.tanh(output)], dim=1) if learns else output
        sample = scheduler.step(output, t, sample, **extra).prev_sample
        trace.append(summarise(sample))
    if not bool(torch.isfinite(sample).all()):
        raise ValueError(f"{case} is not finite")
    sigmas = getattr(scheduler, "sigmas", None)
    return {
        "options": {"_class_name": name, **options},
        "request": case[2],
        "timesteps": [number(t) for t in scheduler.timesteps.tolist()],
        **({} if sigmas is None else {"sigmas": [number(sigma) for sigma in sigmas.tolist()]}),
        "initNoiseSigma": number(scale),
        "steps": trace,
    }


def saved_configs() -> list[dict[str, Any]]:
    """What each class writes into scheduler_config.json by default."""
    names = sorted({name for cases in FIXTURES.values() for name, _, _ in cases()})
    return [json.loads(getattr(diffusers, name)().to_json_string()) for name in names]


def write(name: str, content: dict[str, Any], rows: str) -> None:
    """Writes a fixture with one line for each of its rows."""
    lines = ",\n".join(json.dumps(row) for row in content[rows])
    head = json.dumps({key: value for key, value in content.items() if key != rows})[:-1]
    (FOLDER / f"schedulers-{name}.json").write_text(f'{head}, "{rows}": [\n{lines}\n]}}\n')


def main(names: list[str]) -> None:
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    versions = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0]}
    versions |= {"numpy": np.__version__, "scipy": scipy.__version__}
    for name in names or FIXTURES:
        cases = (FIXTURES | NEWER_FIXTURES)[name]()
        write(name, {"versions": versions, "cases": [run(case) for case in cases]}, "cases")
    if not names:
        write("configs", {"versions": versions, "configs": saved_configs()}, "configs")


if __name__ == "__main__":
    main(sys.argv[1:])
