"""Holds diffusers over the exported graphs to the goldens: `python -m training.golden.pipelines.verify [PART ...]`.

The pipelines are diffusers' own, the networks the committed ONNX files in ONNX Runtime. It needs nothing that is not
in git, and it is what the tolerances were measured with.
"""

import argparse
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from diffusers import DiffusionPipeline
from safetensors.torch import load_file
from torch import Tensor

from training.golden.pipelines.cases import FOLDER, chosen, quiet, run
from training.golden.pipelines.composed import composed_cases
from training.golden.pipelines.models import MODELS
from training.golden.pipelines.onnx_pipelines import onnx_pipeline
from training.golden.pipelines.tokens import token_files


@cache
def load(name: str, kind: str) -> DiffusionPipeline:
    """The pipeline over graphs for one kind of request."""
    return onnx_pipeline(MODELS / name, kind)


def distance(found: Tensor, golden: Tensor, tolerance: dict[str, Any]) -> float:
    """How far, in units of the tolerance: above 1 is too far."""
    if found.shape != golden.shape or found.dtype != golden.dtype:
        raise SystemExit(f"{found.dtype} {list(found.shape)} instead of {golden.dtype} {list(golden.shape)}")
    difference = (found.double() - golden.double()).abs()
    if "exact" in tolerance:
        return float("inf") if difference.any() else 0.0
    if "levels" in tolerance:
        if difference.max() > tolerance["levels"]:
            return float("inf")
        return (difference > 0).double().mean().item() / tolerance["share"]
    if "absolute" in tolerance:
        return difference.max().item() / tolerance["absolute"]
    # Relative: each step, and each of what comes alone, on its own scale.
    axes = tuple(range(1, golden.ndim)) if golden.ndim > 4 else tuple(range(golden.ndim))
    scale = golden.double().abs().amax(axes, keepdim=True).clamp(min=1)
    return (difference / scale).max().item() / tolerance["relative"]


def verify(path: Path, described: dict[str, Any], tensors: dict[str, Tensor]) -> dict[str, float]:
    """Distances by tensor."""
    kept = json.loads(path.with_suffix(".json").read_text())
    if kept != described:
        raise SystemExit(f"{path}.json does not say what the case is now; make the goldens again")
    golden = load_file(path.with_suffix(".safetensors"))
    if golden.keys() != tensors.keys():
        raise SystemExit(f"{path}: {sorted(golden.keys() ^ tensors.keys())} are in one only")
    return {name: distance(tensors[name], golden[name], kept["tensors"][name]) for name in golden}


class Tally:
    """What passed, and the largest distance by tensor."""

    def __init__(self) -> None:
        self.passed = self.failed = 0
        self.worst: dict[str, float] = defaultdict(float)

    def count(self, path: Path, distances: dict[str, float]) -> None:
        """One case."""
        far = {name: round(value, 2) for name, value in distances.items() if value > 1}
        self.passed, self.failed = self.passed + (not far), self.failed + bool(far)
        for name, value in distances.items():
            self.worst[name] = max(self.worst[name], value)
        if far:
            print(f"{path.relative_to(FOLDER)}: too far, in tolerances: {far}", flush=True)

    def report(self) -> None:
        """Prints it all."""
        for name, value in sorted(self.worst.items()):
            print(f"{name}: at most {value:.2f} of its tolerance")
        print(f"{self.passed} passed, {self.failed} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="only cases whose path holds one of these")
    quiet()
    parts = parser.parse_args().parts
    tally = Tally()
    for case, path in chosen(parts):
        tally.count(path, verify(path, *run(load, case)))
    if not parts or "composed" in parts:
        for path, description, tensors in composed_cases(load):
            tally.count(path, {f"composed {k}": v for k, v in verify(path, description, tensors).items()})
    if not parts or "tokens" in parts:
        for path, text in token_files():
            tally.count(path, {"tokens": 0.0 if path.read_text() == text else float("inf")})
    tally.report()
    raise SystemExit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
