"""What thresholding keeps of small pictures, for packages/media. Run: python -m training.golden.threshold"""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from training.data.store import Pixels
from training.evaluate.threshold import keep_unchanged
from training.export.editor_components import ALPHA, LOW_PASS

FIXTURE = Path(__file__).parents[2] / "packages/media/fixtures/keep-unchanged.json"
SHAPES = [(20, 24, ALPHA, LOW_PASS), (5, 7, ALPHA, LOW_PASS), (16, 12, 0.1, 3)]
"""Rows, columns, alpha and box: a usual picture, one smaller than the box, and other settings."""


def disturb(rng: np.random.Generator, pixels: Pixels, reach: int) -> Pixels:
    """The picture with differences whose box sums lie on both sides of the limit."""
    noise = rng.integers(-reach, reach + 1, pixels.shape)
    return np.clip(pixels.astype(np.int64) + noise, 0, 255).astype(np.uint8)


def draw_case(rows: int, columns: int, alpha: float, low_pass: int) -> dict[str, Any]:
    """One case: random pixels, of which a corner is changed outright; pictures as base64 of RGB rows."""
    rng = np.random.default_rng(rows)
    source = rng.integers(0, 256, (rows, columns, 3), np.uint8)
    seen = disturb(rng, source, 20)
    # The mean of |difference| in one channel is about half its reach: near 255 * alpha.
    edited = disturb(rng, seen, round(1.8 * 255 * alpha))
    corner = slice(rows // 4), slice(columns // 4)
    edited[corner] = 255 - edited[corner]
    kept = keep_unchanged(source, edited, seen, alpha, low_pass)
    named = {"source": source, "edited": edited, "seen": seen, "kept": kept}
    shape = {"width": columns, "height": rows, "alpha": alpha, "lowPass": low_pass}
    return shape | {k: base64.b64encode(v.tobytes()).decode() for k, v in named.items()}


def main() -> None:
    cases = [draw_case(*shape) for shape in SHAPES]
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
