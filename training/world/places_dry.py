"""Places without water or grass: the desert and the moon."""

from __future__ import annotations

import skia

from training.world.brush import EDGE, Brush, Shade, bend
from training.world.palette import Colour
from training.world.scene import Scene

_DUNES: tuple[Colour, Colour] = (228, 152, 84), (240, 172, 96)
_SAND = ((246, 188, 112), (214, 138, 74))
_MESA: Colour = (190, 96, 70)
_MESA_TOP: Colour = (212, 122, 86)
_CACTUS: Colour = (60, 140, 80)
_CACTUS_LIGHT: Colour = (104, 178, 104)
_DUST = ((206, 206, 214), (150, 150, 164))
_CRATER: Colour = (134, 134, 150)
_CRATER_FLOOR: Colour = (168, 168, 182)
_CRATERS = ((-180, 430, 46), (70, 408, 40), (420, 420, 48), (240, 492, 52), (660, 440, 46))
_SPACE: dict[str, tuple[Colour, Colour]] = {
    "day": ((16, 20, 52), (66, 78, 130)),
    "sunset": ((38, 18, 62), (206, 96, 84)),
    "night": ((4, 6, 20), (18, 22, 52)),
}
_STARS = (
    (30, 60, 4), (120, 30, 3), (176, 120, 4), (300, 40, 3.4), (350, 130, 4), (480, 70, 4),
    (60, 200, 3.4), (450, 210, 3.4), (250, 190, 3), (-120, 90, 4), (620, 60, 4),
)  # fmt: skip


def draw_desert(brush: Brush, scene: Scene, time_s: float) -> None:
    """A table mountain, two dunes, and a cactus at the side away from the sun."""
    horizon = scene.horizon
    with brush.layer(0.25):
        for x in (256 - scene.sun_side * scene.between(0, 60, 120), 256 + scene.sun_side * 420):
            _draw_mesa(brush, x, horizon + 30, 96)
        for i, x in enumerate((90 + scene.between(1, -50, 50), 430 + scene.between(2, -50, 50))):
            brush.oval(x, horizon + 52, 250, 44 + scene.between(3 + i, 0, 24), _DUNES[i])
    with brush.layer(1.0):
        rise = scene.between(5, -16, 16)
        ground = (
            horizon + 50,
            horizon + 36 + rise,
            horizon + 30,
            horizon + 40 - rise,
            horizon + 50,
        )
        brush.ground(ground, Shade(*_SAND, horizon, 512))
        for x, y in ((110, 484), (380, 496), (-150, 490), (640, 486)):
            brush.path(bend((x - 46, y), (x, y - 14), (x + 46, y)), (206, 130, 70), stroke=6)
        x = 256 - scene.sun_side * scene.between(6, 192, 218)
        draw_cactus(brush, x, horizon + 70, scene.between(7, 1.4, 1.7))
        draw_cactus(brush, x + scene.sun_side * 590, horizon + 70, 1.5)


def _draw_mesa(brush: Brush, x: float, y: float, height: float) -> None:
    brush.polygon([(x - 110, y), (x - 72, y - height), (x + 72, y - height), (x + 110, y)], _MESA)
    top = y - height
    brush.polygon([(x - 72, top), (x - 82, top + 26), (x + 82, top + 26), (x + 72, top)], _MESA_TOP)


def draw_cactus(brush: Brush, x: float, y: float, size: float) -> None:
    """A cactus with two arms standing at (x, y)."""
    width = 20 * size
    for side, low, high in ((-1, 42, 74), (1, 54, 92)):
        arm = skia.Path()
        arm.moveTo(x, y - low * size)
        arm.lineTo(x + side * 24 * size, y - low * size)
        arm.lineTo(x + side * 24 * size, y - high * size)
        brush.path(arm, _CACTUS, stroke=width * 0.72)
    trunk = bend((x, y), (x, y - 50 * size), (x, y - 104 * size))
    brush.path(trunk, _CACTUS, stroke=width)
    shine = bend(
        (x - 4 * size, y - 6), (x - 4 * size, y - 50 * size), (x - 4 * size, y - 100 * size)
    )
    brush.path(shine, _CACTUS_LIGHT, stroke=4 * size)


def draw_moon(brush: Brush, scene: Scene, time_s: float) -> None:
    """Black sky with stars and the Earth over grey ground with craters."""
    horizon = scene.horizon
    top, low = _SPACE[scene.attributes.time]
    brush.unlit.box(-EDGE, 0, 512 + EDGE, horizon + 110, Shade(top, low, 0, horizon + 30))
    with brush.layer(0.05):
        for x, y, size in _STARS:
            brush.unlit.circle(x, y, size, (255, 255, 236))
        _draw_earth(brush, scene.sun_x, scene.sun_y + 16)
    with brush.layer(0.25):
        for i, x in enumerate((100, 420, -240, 760)):
            shifted = x + scene.between(i, -40, 40)
            brush.oval(
                shifted, horizon + 60, 190, 62 + scene.between(i + 4, 0, 30), (136, 136, 152)
            )
    with brush.layer(1.0):
        rise = scene.between(8, -12, 12)
        ground = (
            horizon + 44,
            horizon + 40 + rise,
            horizon + 30,
            horizon + 42 - rise,
            horizon + 44,
        )
        brush.ground(ground, Shade(*_DUST, horizon, 512))
        for x, y, half in _CRATERS:
            brush.oval(x, y, half, half * 0.3, _CRATER)
            brush.oval(x, y + 5, half * 0.8, half * 0.19, _CRATER_FLOOR)


def _draw_earth(brush: Brush, x: float, y: float) -> None:
    brush.unlit.circle(x, y, 70, (150, 200, 255), alpha=44)
    brush.unlit.circle(x, y, 56, (48, 120, 214))
    for dx, dy, half_width, half_height in (
        (-20, -16, 22, 16),
        (18, 10, 20, 24),
        (-16, 28, 16, 10),
    ):
        brush.unlit.oval(x + dx, y + dy, half_width, half_height, (84, 172, 92))
