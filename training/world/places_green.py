"""The grassy hill."""

from __future__ import annotations

from training.world.brush import Brush, Shade, polyline
from training.world.palette import Colour
from training.world.scene import Scene

_FAR_HILLS: tuple[Colour, Colour] = ((134, 190, 128), (112, 176, 116))
_GRASS = ((128, 206, 86), (58, 142, 58))
_BLADE: Colour = (40, 112, 44)
_TUFTS = ((-190, 486), (34, 470), (120, 494), (256, 500), (400, 492), (480, 468), (650, 480))
_FLOWERS = frozenset({34, 400, 650})


def draw_hill(brush: Brush, scene: Scene, time_s: float) -> None:
    """Far hills, one round tree at the side away from the sun, and a meadow with flowers."""
    horizon = scene.horizon
    with brush.layer(0.25):
        for i, middle in enumerate((110, 410)):
            x = middle + scene.between(i, -50, 50)
            height = scene.between(i + 2, 50, 90)
            brush.oval(x, horizon + 40, 240 - 20 * i, height + 40, _FAR_HILLS[i])
        brush.oval(760, horizon + 40, 230, 110, _FAR_HILLS[0])
        brush.oval(-260, horizon + 40, 230, 110, _FAR_HILLS[1])
    with brush.layer(0.6):
        edge = 256 - scene.sun_side * scene.between(4, 196, 222)
        draw_round_tree(brush, edge, horizon + 54, scene.between(5, 1.5, 1.8))
        draw_round_tree(brush, edge + scene.sun_side * 560, horizon + 54, 1.6)
    with brush.layer(1.0):
        rise = scene.between(6, -14, 14)
        ground = (
            horizon + 50,
            horizon + 44 + rise,
            horizon + 16,
            horizon + 44 - rise,
            horizon + 50,
        )
        brush.ground(ground, Shade(*_GRASS, horizon, 512))
        for x, y in _TUFTS:
            blades = [(x - 9, y - 16), (x, y), (x + 1, y - 20), (x + 2, y), (x + 12, y - 14)]
            brush.path(polyline(blades, closed=False), _BLADE, stroke=4)
            if x in _FLOWERS:
                brush.circle(x, y - 22, 9, (255, 236, 130))
                brush.circle(x, y - 22, 4, (240, 150, 60))


def draw_round_tree(brush: Brush, x: float, y: float, size: float) -> None:
    """A tree with a round crown of three tones, standing at (x, y)."""
    trunk = [(x - 8 * size, y), (x - 6 * size, y - 50 * size), (x + 6 * size, y - 50 * size),
             (x + 8 * size, y)]  # fmt: skip
    brush.polygon(trunk, (120, 80, 48))
    for dx, dy, radius in ((-20, -60, 27), (20, -60, 27), (0, -86, 31)):
        brush.circle(x + dx * size, y + dy * size, radius * size, (46, 122, 56))
    brush.circle(x - 7 * size, y - 90 * size, 17 * size, (82, 160, 76))
