"""Rendering: a scene at a time as an array of pixels, and the mask of its subject."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import skia

from training.world.actor import draw_actor
from training.world.brush import Brush
from training.world.places import draw_background
from training.world.scene import PICTURE_SIZE, Scene

Pixels = npt.NDArray[np.uint8]


def render(scene: Scene, time_s: float, size: int = 512) -> Pixels:
    """The picture of a scene at a time: uint8 RGB of shape [size, size, 3]."""
    pixels, brush, surface = _canvas(scene, size)
    draw_background(brush, scene, time_s)
    draw_actor(brush, scene, time_s)
    del surface
    return np.ascontiguousarray(pixels[..., :3])


def subject_mask(scene: Scene, time_s: float, size: int = 64) -> Pixels:
    """How much of each pixel the subject covers, without its shadow: uint8 [size, size]."""
    pixels, brush, surface = _canvas(scene, size)
    draw_actor(brush, scene, time_s, shadow=False)
    del surface
    return np.ascontiguousarray(pixels[..., 3])


def _canvas(scene: Scene, size: int) -> tuple[Pixels, Brush, Any]:
    """Transparent pixels, a brush on them, and the surface, which must outlive the drawing."""
    pixels: Pixels = np.zeros((size, size, 4), np.uint8)
    surface: Any = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    canvas = surface.getCanvas()
    canvas.scale(size / PICTURE_SIZE, size / PICTURE_SIZE)
    brush = Brush(canvas, scene.tint)
    return pixels, brush, surface
