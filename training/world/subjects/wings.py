"""Wings: a bird's own, and the light feathered pair that lets anything fly."""

from __future__ import annotations

from training.world.brush import Point
from training.world.figure import Figure
from training.world.palette import Colour, mix

_FEATHER: Colour = (250, 248, 240)
_FAR_FEATHER: Colour = (206, 212, 226)


def draw_feather_wing(figure: Figure, root: Point, raised: float, *, far: bool) -> None:
    """A white wing on the back, raised (1) or beaten down (-1)."""
    x, y = root
    high = 0.6 + 0.55 * raised
    tip = (x - 46, y - 62 * high)
    outline = [
        (x + 12, y),
        (x + 6, y - 30 * high - 6),
        (x - 18, y - 66 * high - 4),
        tip,
        (x - 50, y - 40 * high + 6),
        (x - 36, y - 14 * high + 10),
        (x - 14, y + 10),
    ]
    fill = mix(_FAR_FEATHER if far else _FEATHER, figure.coat.light, 0.12)
    figure.shape(outline, fill)
    if not far:
        middle = (x - 22, y - 32 * high)
        figure.stroke([(x - 4, y - 8 * high), middle], 2.6)
        figure.stroke([(x - 8, y + 2), (x - 32, y - 16 * high + 2)], 2.6)


def bird_wing(raised: float) -> list[Point]:
    """The outline of a bird's near wing, folded at 0 and up at 1."""
    return [
        (16, -62),
        (-6, -72 - 18 * raised),
        (-58 + 8 * raised, -46 - 66 * raised),
        (-50, -34 - 52 * raised),
        (-18, -28 - 6 * raised),
        (10, -40),
    ]
