"""The snow field: mountains, firs and a white slope."""

from __future__ import annotations

from training.world.brush import Brush, Shade
from training.world.palette import Colour
from training.world.scene import Scene

_ROCK: Colour = (126, 146, 180)
_CAP: Colour = (246, 250, 255)
_SNOW = ((242, 247, 255), (196, 214, 238))
_FIR: Colour = (34, 104, 84)


def draw_snow(brush: Brush, scene: Scene, time_s: float) -> None:
    """Two capped mountains, a fir at the side away from the sun, and a snowy slope."""
    horizon = scene.horizon
    with brush.layer(0.2):
        for i, (x, height, width) in enumerate(((120, 165, 150), (405, 140, 138))):
            draw_mountain(brush, x + scene.between(i, -46, 46), horizon + 40,
                          height + scene.between(i + 2, 0, 36) + 40, width)  # fmt: skip
        draw_mountain(brush, 700, horizon + 40, 190, 140)
        draw_mountain(brush, -190, horizon + 40, 200, 150)
    with brush.layer(1.0):
        rise = scene.between(4, -12, 12)
        ground = (
            horizon + 34,
            horizon + 26 + rise,
            horizon + 30,
            horizon + 22 - rise,
            horizon + 34,
        )
        brush.ground(ground, Shade(*_SNOW, horizon, 512))
        edge = 256 - scene.sun_side * scene.between(5, 196, 222)
        draw_fir(brush, edge, horizon + 62, scene.between(6, 1.5, 1.8), _CAP)
        draw_fir(brush, edge + scene.sun_side * 580, horizon + 62, 1.6, _CAP)


def draw_mountain(brush: Brush, x: float, base_y: float, height: float, width: float) -> None:
    """A mountain with a zigzag cap of snow; `width` is half of its base."""
    top, cap = base_y - height, height * 0.34
    brush.polygon([(x - width, base_y), (x, top), (x + width, base_y)], _ROCK)
    side = width * 0.34
    zigzag = ((1, 1), (0.45, 0.78), (0, 1.16), (-0.45, 0.8), (-1, 1))
    brush.polygon([(x, top), *((x + side * u, top + cap * v) for u, v in zigzag)], _CAP)


def draw_fir(brush: Brush, x: float, y: float, size: float, tips: Colour) -> None:
    """A fir of three tiers standing at (x, y), each tier with a lighter tip."""
    brush.box(x - 6 * size, y - 18 * size, x + 6 * size, y, (104, 70, 44))
    for tier in range(3):
        half, low, high = (
            (38 - 8 * tier) * size,
            y - (14 + 24 * tier) * size,
            y - (56 + 24 * tier) * size,
        )
        brush.polygon([(x - half, low), (x, high), (x + half, low)], _FIR)
        tip = high + 12 * size
        brush.polygon([(x - half * 0.29, tip), (x, high), (x + half * 0.29, tip)], tips)
