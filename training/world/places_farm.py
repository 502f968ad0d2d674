"""The farm: a red barn, a white fence and a field in rows."""

from __future__ import annotations

from training.world.brush import EDGE, Brush, Shade
from training.world.palette import Colour
from training.world.scene import Scene

_FIELD: tuple[Colour, Colour] = (226, 196, 92), (196, 166, 72)
_YARD = ((156, 196, 92), (104, 154, 66))
_BARN: Colour = (196, 52, 46)
_ROOF: Colour = (104, 70, 66)
_DOOR: Colour = (150, 36, 36)
_TRIM: Colour = (246, 240, 230)


def draw_farm(brush: Brush, scene: Scene, time_s: float) -> None:
    """A wheat field, the barn at the side away from the sun, and a fence along the yard."""
    horizon = scene.horizon
    with brush.layer(0.3):
        for row in range(4):
            top = horizon - 6 + row * 16
            brush.box(-EDGE, top, 512 + EDGE, top + 20, _FIELD[row % 2])
    with brush.layer(0.6):
        x = 256 - scene.sun_side * scene.between(0, 138, 166)
        _draw_barn(brush, x, horizon + 58, scene.between(1, 1.0, 1.12))
        _draw_barn(brush, x + scene.sun_side * 620, horizon + 58, 1.0)
    with brush.layer(1.0):
        rise = scene.between(2, -8, 8)
        ground = (
            horizon + 56,
            horizon + 52 + rise,
            horizon + 46,
            horizon + 54 - rise,
            horizon + 56,
        )
        brush.ground(ground, Shade(*_YARD, horizon, 512))
        _draw_fence(brush, horizon + 46)


def _draw_barn(brush: Brush, x: float, y: float, size: float) -> None:
    half, wall, ridge = 92 * size, 112 * size, 176 * size
    knee = 150 * size
    brush.polygon(
        [(x - half, y), (x - half, y - wall), (x - half * 0.66, y - knee), (x, y - ridge),
         (x + half * 0.66, y - knee), (x + half, y - wall), (x + half, y)],
        _BARN,
    )  # fmt: skip
    eaves = [(-1.1, wall - 8), (-0.7, knee), (0, ridge + 2), (0.7, knee), (1.1, wall - 8)]
    for (ax, ay), (bx, by) in zip(eaves, eaves[1:], strict=False):
        line = [(x + ax * half, y - ay), (x + bx * half, y - by)]
        brush.canvas.drawLine(*line[0], *line[1], brush.paint(_ROOF, stroke=16 * size))
    brush.box(x - 40 * size, y - 82 * size, x + 40 * size, y, _DOOR)
    for ax, ay, bx, by in (
        (-40, 82, 40, 82), (-40, 82, -40, 0), (40, 82, 40, 0), (-40, 82, 40, 0), (40, 82, -40, 0),
    ):  # fmt: skip
        ends = (x + ax * size, y - ay * size, x + bx * size, y - by * size)
        brush.canvas.drawLine(*ends, brush.paint(_TRIM, stroke=6 * size))
    brush.box(x - 17 * size, y - 140 * size, x + 17 * size, y - 108 * size, _TRIM)
    brush.box(x - 11 * size, y - 134 * size, x + 11 * size, y - 114 * size, _ROOF)


def _draw_fence(brush: Brush, y: float) -> None:
    for x in range(-EDGE + 20, 512 + EDGE, 84):
        brush.box(x, y - 34, x + 13, y + 26, _TRIM)
    for height in (-22, 2):
        brush.box(-EDGE, y + height, 512 + EDGE, y + height + 10, _TRIM)
