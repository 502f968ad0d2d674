"""Global styles as deterministic functions of a rendered picture, at any size divisible by 64.

Pixel art is not among them: blocks large enough to be seen as pixels hide the subject, and the decoder rounds their
corners and rings around them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.data.store import Pixels

Floats = NDArray[np.float32]
_PAPER = np.array([1.0, 0.985, 0.95], np.float32)
_WASHES = 6.0
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _luma(x: Floats) -> Floats:
    return x @ _LUMA


def _blur(x: Floats, radius: int) -> Floats:
    """A box blur of [H, W, ...], edges repeated."""
    if radius < 1:
        return x
    for axis in (0, 1):
        padding = [(radius + 1, radius) if i == axis else (0, 0) for i in range(x.ndim)]
        total = np.cumsum(np.pad(x, padding, mode="edge"), axis=axis, dtype=np.float64)
        count = 2 * radius + 1
        upper = np.take(total, range(count, total.shape[axis]), axis=axis)
        lower = np.take(total, range(total.shape[axis] - count), axis=axis)
        x = ((upper - lower) / count).astype(np.float32)
    return x


def black_and_white(x: Floats) -> Floats:
    """Luminance, with a little more contrast."""
    grey = 0.5 + 1.15 * (_luma(x) - 0.5)
    return np.repeat(grey[..., None], 3, -1)


def sketch(x: Floats) -> Floats:
    """Pencil on paper: a light wash of the tones, dark where the tone changes (a dodged blur)."""
    grey = _luma(x)
    unit = x.shape[0] // 64
    lines = np.minimum(1, (grey + 0.02) / (_blur(_blur(grey, 2 * unit), 2 * unit) + 0.02))
    tone = 0.82 + 0.18 * grey
    ink = np.clip(tone * (1 - 1.7 * (1 - lines)), 0.12, 1)
    return ink[..., None] * _PAPER


def watercolour(x: Floats) -> Floats:
    """Soft washes of few tones, pale, on warm paper, with pigment gathered where a wash ends."""
    unit = x.shape[0] // 64
    wash = _blur(_blur(x, unit), unit)
    level = wash * _WASHES
    flat = (np.floor(level) + np.clip((level - np.floor(level) - 0.5) * 3 + 0.5, 0, 1)) / _WASHES
    edge = np.abs(wash - _blur(_blur(wash, 2 * unit), unit)).max(-1, keepdims=True)
    pigment = flat * (1 - np.clip(2.2 * edge, 0, 0.5))
    return (0.20 + 0.80 * pigment) * _PAPER


def night_vision(x: Floats) -> Floats:
    """Green phosphor: brightened luminance, darker towards the corners."""
    grey = np.clip(_luma(x), 0, 1) ** 0.7
    size = x.shape[0]
    line = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    shade = 1 - 0.45 * np.clip((line[:, None] ** 2 + line[None] ** 2) / 2, 0, 1)
    glow = (grey * shade)[..., None]
    return glow * np.array([0.22, 1.0, 0.32], np.float32) + np.array([0.0, 0.06, 0.01], np.float32)


_FILTERS: dict[str, Callable[[Floats], Floats]] = {
    "sketch": sketch,
    "watercolour": watercolour,
    "night_vision": night_vision,
    "black_and_white": black_and_white,
}


def apply_style(pixels: Pixels, style: str) -> Pixels:
    """uint8 [H, W, 3] in the given style, the same shape."""
    made = _FILTERS[style](pixels.astype(np.float32) / 255)
    return (np.clip(made, 0, 1) * 255 + 0.5).astype(np.uint8)
