"""Draws of torch's CPU generator, for packages/diffusion. Run: python -m training.golden.noise

Each case is one generator and a sequence of draws; of a long draw the first and last 16 values and the sum are kept.
"""

import json
from pathlib import Path
from typing import Any

import torch

FIXTURE = Path(__file__).parents[2] / "packages/diffusion/fixtures/torch-noise.json"
KEPT = 16
CASES: list[tuple[int, list[int]]] = [
    *((seed, [size]) for seed in (0, 1234567890) for size in (1, 2, 3, 5, 15, 16, 17, 24, 31, 32, 33, 100, 12288)),
    # The spare normal of an odd small draw outlives large draws, and state goes on between draws.
    (7, [3, 16, 1, 17, 5, 2, 33, 1]),
    (42, [700, 1, 15, 100]),
    # Only the low 32 bits of a seed count.
    (2**32 + 7, [3, 16, 1]),
    (2**63 - 1, [20]),
]


def summarise(draw: torch.Tensor) -> dict[str, Any]:
    """What the fixture keeps of one draw; the sum is in double precision."""
    return {
        "size": draw.numel(),
        "first": draw[:KEPT].tolist(),
        "last": draw[-KEPT:].tolist(),
        "sum": draw.double().sum().item(),
    }


def main() -> None:
    cases = []
    for seed, sizes in CASES:
        generator = torch.Generator("cpu").manual_seed(seed)
        cases.append({"seed": str(seed), "draws": [summarise(torch.randn(size, generator=generator)) for size in sizes]})
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
