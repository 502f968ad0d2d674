"""The forest: rows of trunks under a roof of leaves."""

from __future__ import annotations

from training.world.brush import EDGE, Brush, Shade
from training.world.palette import Colour
from training.world.scene import Scene

_FAR_WOOD = ((70, 132, 96), (44, 100, 70))
_TRUNK: Colour = (112, 74, 46)
_FAR_TRUNK: Colour = (62, 92, 66)
_LEAVES: Colour = (40, 112, 58)
_LIGHT_LEAVES: Colour = (74, 150, 76)
_FLOOR = ((96, 150, 70), (50, 98, 48))
_MUSHROOMS = ((-170, 484), (58, 488), (446, 494), (640, 486))


def draw_forest(brush: Brush, scene: Scene, time_s: float) -> None:
    """A dark wood behind, a trunk at either side, leaves above, mushrooms on the floor."""
    horizon = scene.horizon
    with brush.layer(0.3):
        _draw_far_wood(brush, scene)
    with brush.layer(1.0):
        rise = scene.between(8, -10, 10)
        ground = (
            horizon + 50,
            horizon + 40 + rise,
            horizon + 44,
            horizon + 38 - rise,
            horizon + 50,
        )
        brush.ground(ground, Shade(*_FLOOR, horizon, 512))
        for x, y in _MUSHROOMS:
            brush.box(x - 5, y - 16, x + 5, y, (244, 232, 210))
            brush.oval(x, y - 18, 15, 9, (206, 60, 52))
            brush.circle(x - 5, y - 20, 3, (255, 244, 236))
    with brush.layer(0.8):
        for i, x in enumerate((-230, 22, 490, 760)):
            _draw_trunk(brush, x + scene.between(9 + i, -16, 16), horizon + 64)
        for i, x in enumerate(range(-260, 800, 106)):
            leaves_y = 4 + scene.between(i % 5, -10, 14)
            brush.circle(x, leaves_y, 64, _LEAVES)
            if i % 2:
                brush.circle(x - 12, leaves_y - 4, 34, _LIGHT_LEAVES)


def _draw_far_wood(brush: Brush, scene: Scene) -> None:
    horizon = scene.horizon
    shade = Shade(*_FAR_WOOD, 120, horizon + 40)
    for i, x in enumerate(range(-250, 800, 120)):
        top = 176 + scene.between(i % 6, -26, 26)
        brush.circle(x, top, 84, _FAR_WOOD[0])
    brush.box(-EDGE, 196, 512 + EDGE, horizon + 80, shade)
    for i, x in enumerate(range(-240, 800, 128)):
        left = x + scene.between(i % 6, -20, 20)
        brush.box(left, 190, left + 24, horizon + 70, _FAR_TRUNK)


def _draw_trunk(brush: Brush, x: float, y: float) -> None:
    points = [(x - 34, y + 6), (x - 23, y - 70), (x - 23, -10), (x + 23, -10), (x + 23, y - 70),
              (x + 34, y + 6)]  # fmt: skip
    brush.polygon(points, _TRUNK)
    brush.box(x + 6, -10, x + 23, y - 40, (92, 60, 38))
    brush.oval(x - 8, y - 130, 8, 12, (76, 48, 32))
