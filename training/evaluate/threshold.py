"""Emu Edit's thresholding between turns (arXiv 2311.10089, 3.4): pixels that hardly changed keep their bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.data.store import Pixels
from training.export.editor_components import ALPHA, LOW_PASS


def box_sums(values: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Sums over the size x size neighbourhood of every pixel of [H, W], edges repeated."""
    reach = size // 2
    for axis in (0, 1):
        padding = [(reach + 1, reach) if i == axis else (0, 0) for i in range(2)]
        total = np.cumsum(np.pad(values, padding, mode="edge"), axis=axis)
        length = total.shape[axis]
        values = np.take(total, range(size, length), axis) - np.take(
            total, range(length - size), axis
        )
    return values


def keep_unchanged(
    source: Pixels, edited: Pixels, seen: Pixels, alpha: float = ALPHA, size: int = LOW_PASS
) -> Pixels:
    """The edited picture with the source's own pixels where little changed; uint8 [H, W, 3] each.

    d = mean over RGB of |edited - seen| / 255, low-passed by a box of size x size pixels; the source stays where
    d < alpha. `seen` is the source as the decoder gives it back from its latents, so that what encoding alone loses
    is no change. As the edit service computes it, in integers: box sum of sum |edited - seen| < alpha * 765 * size^2.
    """
    difference = np.abs(edited.astype(np.int64) - seen).sum(-1)
    kept = box_sums(difference, size) < alpha * 765 * size**2
    return np.where(kept[..., None], source, edited)
