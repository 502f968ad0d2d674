"""The city street: a row of houses, a pavement and a road."""

from __future__ import annotations

from training.world.brush import EDGE, Brush, Shade
from training.world.palette import Colour, mix
from training.world.scene import Scene

_WALLS: tuple[Colour, ...] = (
    (186, 120, 110), (150, 150, 176), (200, 166, 120), (112, 146, 158), (166, 112, 146),
)  # fmt: skip
_BLACK: Colour = (0, 0, 0)
_LIT_WINDOW: Colour = (255, 224, 120)
_DARK_WINDOW: Colour = (110, 120, 150)
_DAY_WINDOW: Colour = (210, 232, 244)
_HOUSE_WIDTH = 134


def draw_city(brush: Brush, scene: Scene, time_s: float) -> None:
    """Houses whose windows are lit from sunset on, and a road with dashes."""
    horizon = scene.horizon
    with brush.layer(0.6):
        for column in range(-2, 7):
            height = scene.between(column % 5, 160, 240)
            _draw_house(
                brush,
                scene,
                -12 + column * _HOUSE_WIDTH,
                height,
                (column * 2 + int(3 * scene.chances[6])) % 5,
            )
    with brush.layer(1.0):
        brush.box(-EDGE, horizon + 52, 512 + EDGE, horizon + 86, (200, 196, 192))
        road = Shade((104, 106, 116), (74, 76, 86), horizon + 80, 512)
        brush.box(-EDGE, horizon + 84, 512 + EDGE, 520, road)
        brush.box(-EDGE, horizon + 82, 512 + EDGE, horizon + 89, (66, 66, 74))
        for dash in range(-2, 6):
            brush.box(dash * 150 - 20, 480, dash * 150 + 64, 494, (238, 234, 222))


def _draw_house(brush: Brush, scene: Scene, x: float, height: float, kind: int) -> None:
    wall, top, bottom = _WALLS[kind], scene.horizon + 50 - height, scene.horizon + 60
    edge, right = mix(wall, _BLACK, 0.5), x + _HOUSE_WIDTH
    brush.box(x, top, right, bottom, wall)
    brush.frame(x, top, right, bottom, edge, 4)
    brush.box(x - 3, top - 6, right + 3, top + 9, mix(wall, _BLACK, 0.3))
    lit = scene.attributes.time != "day"
    for row in range(3):
        y = top + 28 + row * 58
        if y + 34 > scene.horizon + 44:
            break
        for column in range(2):
            left = x + 22 + 54 * column
            glows = lit and (row + column + kind) % 3 != 0
            pane = _LIT_WINDOW if glows else _DARK_WINDOW if lit else _DAY_WINDOW
            light = brush.unlit if glows else brush
            light.box(left, y, left + 36, y + 36, pane)
            brush.frame(left, y, left + 36, y + 36, edge, 3)
