"""Rendering: a scene at a time as an array of pixels, and the mask of its subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import skia

from training.world.actor import draw_actor
from training.world.brush import Brush
from training.world.camera import view_at
from training.world.places import draw_background, draw_foreground
from training.world.scene import PICTURE_SIZE, Scene

Pixels = npt.NDArray[np.uint8]


def render(scene: Scene, time_s: float, size: int = 512) -> Pixels:
    """The picture of a scene at a time: uint8 RGB of shape [size, size, 3]."""
    pixels = _paint(scene, time_s, size, _draw_all)
    picture: Pixels = np.empty((size, size, 3), np.uint8)
    # Channel by channel is four times as fast as copying pixels[..., :3].
    for channel in range(3):
        picture[..., channel] = pixels[..., channel]
    return picture


def subject_mask(scene: Scene, time_s: float, size: int = 64) -> Pixels:
    """How much of each pixel the subject covers, without its shadow: uint8 [size, size]."""
    pixels = _paint(scene, time_s, size, _draw_subject)
    return np.ascontiguousarray(pixels[..., 3])


def _draw_all(brush: Brush, scene: Scene, time_s: float) -> None:
    draw_background(brush, scene, time_s)
    _draw_subject(brush, scene, time_s, shadow=True)
    draw_foreground(brush, scene, time_s)


def _draw_subject(brush: Brush, scene: Scene, time_s: float, *, shadow: bool = False) -> None:
    with brush.layer(1.0):
        draw_actor(brush, scene, time_s, shadow=shadow)


def _paint(
    scene: Scene, time_s: float, size: int, draw: Callable[[Brush, Scene, float], None]
) -> Pixels:
    """Run a drawing on transparent pixels, through the scene's camera."""
    pixels: Pixels = np.zeros((size, size, 4), np.uint8)
    surface: Any = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    canvas = surface.getCanvas()
    canvas.scale(size / PICTURE_SIZE, size / PICTURE_SIZE)
    view = view_at(scene, time_s)
    if view.scale != 1.0:
        canvas.translate(view.shift_x, view.shift_y)
        canvas.scale(view.scale, view.scale)
    draw(Brush(canvas, scene.tint, view.pan), scene, time_s)
    return pixels
