"""Writes the goldens: `python -m training.golden.pipelines.cases [PART OF A NAME ...]`.

The format stands in packages/testing/fixtures/golden/pipelines/README.md. Needs the torch pipelines that models.py
leaves in the training folder.
"""

import argparse
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoPipelineForImage2Image, DiffusionPipeline
from safetensors.torch import save_file

from training.golden.pipelines.capture import Tensors
from training.golden.pipelines.models import original
from training.golden.pipelines.requests import DEFAULTS, Case, all_cases
from training.golden.pipelines.run import KINDS
from training.paths import REPOSITORY

FOLDER = REPOSITORY / "packages/testing/fixtures/golden/pipelines"
V_PREDICTION = ("tiny-sd-v", "tiny-svd")
KEPT_OF_SCHEDULERS = ("timesteps", "final_latents")


def tolerance(pipeline: str, tensor: str) -> dict[str, Any]:
    """How near another implementation must come (measured between torch and ONNX Runtime, with room)."""
    loose = pipeline in V_PREDICTION
    if tensor == "images_uint8":
        return {"levels": 1, "share": 0.002}
    if tensor == "images":
        return {"absolute": 2e-4 if loose else 3e-5}
    if tensor in ("latents", "final_latents", "image_latents"):
        return {"relative": 5e-5}
    if tensor == "noise_pred":
        return {"relative": 2e-5}
    if tensor.endswith("embeds"):
        return {"absolute": 1e-5}
    if tensor == "initial_latents":
        return {"relative": 1e-5}
    if tensor in ("timesteps", "guidance_scales", "added_time_ids"):
        return {"relative": 1e-6}
    return {"exact": True}


Load = Callable[[str, str], DiffusionPipeline]


@cache
def load(name: str, kind: str) -> DiffusionPipeline:
    """The torch pipeline for one kind of request."""
    loader = AutoPipelineForImage2Image if kind == "image-to-image" else DiffusionPipeline
    return loader.from_pretrained(original(name), local_files_only=True)


def run(load_pipeline: Load, case: Case) -> tuple[dict[str, Any], Tensors]:
    """The description and the tensors of one case."""
    pipeline = load_pipeline(case.pipeline, case.kind)
    pipeline.set_progress_bar_config(disable=True)
    request = DEFAULTS[case.kind] | case.request
    folder_scheduler = pipeline.scheduler
    if case.scheduler is not None:
        kind = getattr(diffusers, case.scheduler["_class_name"])
        pipeline.scheduler = kind.from_config({k: v for k, v in case.scheduler.items() if k != "_class_name"})
    try:
        tensors = KINDS[case.kind](pipeline, request)
    finally:
        pipeline.scheduler = folder_scheduler
    if case.scheduler is not None:
        tensors["final_latents"] = tensors["latents"][-1]
        tensors = {name: tensors[name] for name in KEPT_OF_SCHEDULERS}
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values() if value.is_floating_point()):
        raise ValueError(f"{case.name} is not finite")
    described = {
        "pipeline": case.pipeline,
        "kind": case.kind,
        "request": request | {"seed": str(request["seed"])},
        "scheduler": case.scheduler,
        "tensors": {name: tolerance(case.pipeline, name) for name in sorted(tensors)},
    }
    return described, {name: value.contiguous() for name, value in tensors.items()}


def path_of(case: Case) -> Path:
    """Without suffix."""
    return FOLDER / (case.name if "/" in case.name else f"{case.pipeline}/{case.name}")


def write(path: Path, described: dict[str, Any], tensors: Tensors) -> None:
    """Both files of a case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    save_file(tensors, path.with_suffix(".safetensors"))


def chosen(parts: list[str]) -> Iterator[tuple[Case, Path]]:
    """The cases whose path holds one of the parts; all without parts."""
    for case in all_cases():
        path = path_of(case)
        if not parts or any(part in str(path.relative_to(FOLDER)) for part in parts):
            yield case, path


def quiet() -> None:
    """One thread, no warnings."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="only cases whose path holds one of these")
    quiet()
    for case, path in chosen(parser.parse_args().parts):
        described, tensors = run(load, case)
        write(path, described, tensors)
        spread = f"{tensors['images'].std():.3f}" if "images" in tensors else ""
        print(path.relative_to(FOLDER), spread, flush=True)


if __name__ == "__main__":
    main()
