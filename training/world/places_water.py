"""Places by the water and in it: the beach, the lake and the sea floor."""

from __future__ import annotations

import math

import skia

from training.world.brush import EDGE, Brush, Shade, bend
from training.world.palette import WHITE, Colour
from training.world.places_green import draw_round_tree
from training.world.scene import Scene

_SEA = ((36, 146, 190), (110, 214, 220))
_FOAM: Colour = (226, 246, 250)
_SAND = ((250, 226, 164), (226, 184, 112))
_STONES = ((-160, 484), (82, 484), (262, 498), (444, 482), (640, 490))
_LAKE = ((96, 170, 214), (40, 112, 172))
_SHORE = ((142, 186, 90), (84, 138, 66))
_REED: Colour = (70, 124, 52)
_DEEP: dict[str, tuple[Colour, Colour]] = {
    "day": ((86, 208, 230), (22, 104, 176)),
    "sunset": ((244, 150, 130), (92, 62, 140)),
    "night": ((20, 56, 104), (8, 18, 56)),
}
_SEA_FLOOR = ((232, 210, 150), (186, 158, 108))
_WEEDS: tuple[Colour, Colour] = (40, 150, 96), (96, 178, 70)
_CORAL: Colour = (240, 110, 130)


def draw_beach(brush: Brush, scene: Scene, time_s: float) -> None:
    """The sea with two lines of waves, sand, and a palm at the side away from the sun."""
    horizon = scene.horizon
    with brush.layer(0.4):
        sea = Shade(*_SEA, horizon - 20, horizon + 80)
        brush.box(-EDGE, horizon - 20, 512 + EDGE, horizon + 92, sea)
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


def draw_lake(brush: Brush, scene: Scene, time_s: float) -> None:
    """Wooded hills across the water; a shore with reeds in front, unless something swims."""
    horizon = scene.horizon
    with brush.layer(0.25):
        for i, x in enumerate((70, 300, 500, -220, 760)):
            half = 130 + scene.between(i, 0, 30)
            brush.oval(x, horizon + 8, half, 56 + scene.between(i + 5, 0, 24), (86, 140, 118))
    with brush.layer(0.5):
        water = Shade(*_LAKE, horizon, 512)
        brush.box(-EDGE, horizon, 512 + EDGE, 520, water)
        for row in range(3):
            draw_wave_line(brush, horizon + 24 + row * 34, -50 * row, 0.5 * time_s + 0.4)
    if scene.attributes.action == "swim":
        return
    with brush.layer(1.0):
        rise = scene.between(10, -8, 8)
        shore = (402, 398 + rise, 392, 398 - rise, 402)
        brush.ground([y - 8 for y in shore], (206, 186, 128))
        brush.ground(shore, Shade(*_SHORE, 390, 512))
        edge = 256 - scene.sun_side * scene.between(11, 200, 226)
        draw_round_tree(brush, edge, 418, scene.between(12, 1.7, 2.0))
        for x in (256 + scene.sun_side * 226, 256 + scene.sun_side * 480):
            for dx, height in ((-16, 84), (0, 112), (15, 92)):
                brush.path(bend((x, 424), (x, 400), (x + dx, 424 - height)), _REED, stroke=6)
                brush.oval(x + dx, 420 - height, 7, 18, (124, 82, 50))


def draw_water_surface(brush: Brush, scene: Scene, time_s: float) -> None:
    """The water in front of a subject that swims in the lake."""
    line = scene.ground_y - 46
    with brush.layer(1.0):
        heave = 5 * math.sin(1.7 * time_s + 6.28 * scene.unit_phase)
        heights = [line + d for d in (heave, -heave, heave, -heave, heave, -heave, heave, -heave)]
        brush.ground([y - 6 for y in heights], _FOAM)
        brush.ground(heights, Shade((70, 148, 202), (34, 96, 156), line, 512))
        for row, y in enumerate((line + 40, line + 84)):
            draw_wave_line(brush, y, -60 * row, 0.8 * time_s + 0.5)


def draw_underwater(brush: Brush, scene: Scene, time_s: float) -> None:
    """Shafts of light, swaying weeds, coral and a sandy floor."""
    top, deep = _DEEP[scene.attributes.time]
    brush.unlit.box(-EDGE, 0, 512 + EDGE, 520, Shade(top, deep, 0, 440))
    with brush.layer(0.2):
        for i, x in enumerate((90, 250, 420, -180, 700)):
            x0 = x + scene.between(i, -30, 30) + 8 * math.sin(0.7 * time_s + i)
            shaft = [(x0 - 22, 0), (x0 + 26, 0), (x0 - 40, 400), (x0 - 130, 400)]
            brush.polygon(shaft, WHITE, alpha=30)
    with brush.layer(1.0):
        rise = scene.between(5, -12, 12)
        floor = (396, 386 + rise, 378, 390 - rise, 396)
        brush.ground(floor, Shade(*_SEA_FLOOR, 380, 512))
        for i, x in enumerate((34, 478, -200, 720)):
            _draw_weed(brush, x + scene.between(6 + i, -12, 12), 420, i % 2, time_s)
        _draw_coral(brush, 256 + scene.sun_side * scene.between(10, 150, 176), 402)
        for x, y in ((120, 486), (330, 498), (-140, 490), (620, 488)):
            brush.oval(x, y, 18, 7, (200, 172, 120))


def _draw_weed(brush: Brush, x: float, y: float, kind: int, time_s: float) -> None:
    for dx, height in ((-15, 130), (12, 186)):
        path = skia.Path()
        path.moveTo(x + dx, y)
        sway = 16 * math.sin(1.3 * time_s + dx)
        path.cubicTo(x + dx + 26, y - height * 0.35, x + dx - 26 + sway, y - height * 0.65,
                     x + dx + sway, y - height)  # fmt: skip
        brush.path(path, _WEEDS[kind], stroke=17)


def _draw_coral(brush: Brush, x: float, y: float) -> None:
    for dx, height in ((-30, 46), (0, 70), (30, 50)):
        brush.path(bend((x, y), (x + dx, y - 10), (x + dx, y - height)), _CORAL, stroke=15)
