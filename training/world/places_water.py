"""Places by the water: the beach."""

from __future__ import annotations

import math

import skia

from training.world.brush import EDGE, Brush, Shade, bend
from training.world.palette import WHITE, Colour
from training.world.scene import Scene

_SEA = ((36, 146, 190), (110, 214, 220))
_FOAM: Colour = (226, 246, 250)
_SAND = ((250, 226, 164), (226, 184, 112))
_STONES = ((-160, 484), (82, 484), (262, 498), (444, 482), (640, 490))


def draw_beach(brush: Brush, scene: Scene, time_s: float) -> None:
    """The sea with two lines of waves, sand, and a palm at the side away from the sun."""
    horizon = scene.horizon
    with brush.layer(0.4):
        brush.box(
            -EDGE, horizon - 20, 512 + EDGE, horizon + 92, Shade(*_SEA, horizon - 20, horizon + 80)
        )
        for row in range(2):
            draw_wave_line(brush, horizon + 8 + row * 30, -40 * row, time_s)
    with brush.layer(1.0):
        swash = 5 * math.sin(1.2 * time_s + 6.28 * scene.chances[0])
        shore = [horizon + 70 + d for d in (-4, 2 + swash, -4, 10 + swash * 0.4, 0, 6)]
        brush.ground([y - 9 for y in shore], WHITE)
        brush.ground(shore, Shade(*_SAND, horizon + 60, 512))
        for x, y in _STONES:
            brush.oval(x, y, 15, 6, (206, 164, 96))
        edge = 256 - scene.sun_side * scene.between(1, 206, 230)
        size = scene.between(2, 1.5, 1.8)
        draw_palm(brush, edge, horizon + 104, size, scene.sun_side)
        draw_palm(brush, edge + scene.sun_side * 620, horizon + 104, size, -scene.sun_side)


def draw_wave_line(brush: Brush, y: float, shift: float, time_s: float) -> None:
    """One row of wave crests that rises and falls in place."""
    path = skia.Path()
    start = -EDGE - 10 + shift
    path.moveTo(start, y)
    crest = 14 * math.sin(1.5 * time_s + 1.3)
    for i in range(11):
        x = start + i * 110
        path.quadTo(x + 55, y - crest, x + 110, y)
    brush.path(path, _FOAM, alpha=190, stroke=5)


def draw_palm(brush: Brush, x: float, y: float, size: float, lean: int) -> None:
    """A palm standing at (x, y) that leans to one side (+1 right, -1 left)."""
    top_x, top_y = x + lean * 20 * size, y - 112 * size
    trunk = bend((x, y), (x + lean * 4 * size, y - 60 * size), (top_x, top_y))
    brush.path(trunk, (150, 104, 60), stroke=12 * size)
    for angle in (-2.9, -2.2, -1.1, -0.3):
        tip = (top_x + 58 * size * math.cos(angle), top_y + (26 * math.sin(angle) + 24) * size)
        middle = (top_x + 40 * size * math.cos(angle), top_y + 40 * size * math.sin(angle) - 8)
        brush.path(bend((top_x, top_y), middle, tip), (44, 146, 72), stroke=11 * size)
