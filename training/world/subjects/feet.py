"""The thin legs of two-legged subjects."""

from __future__ import annotations

import math

from training.world.brush import Point
from training.world.figure import Figure
from training.world.palette import Colour
from training.world.stances import Stance, Step


def leg_drop(stance: Stance, leg: float) -> float:
    """How far the body sinks, in subject units, for a leg of a length."""
    return stance.drop * (leg - 4)


def draw_thin_leg(
    figure: Figure, hip: Point, drop: float, step: Step, fill: Colour, width: float = 6
) -> None:
    """A leg with a toe: `hip` is its place and its height when standing, sunk by `drop`."""
    x, leg = hip
    rise = leg * (1 - math.cos(step.angle))
    foot = (x + leg * 8 / 7 * math.sin(step.angle), -2 - step.lift - rise)
    if drop:
        foot = (foot[0], min(-2.0, foot[1]))
    knee = ((x + foot[0]) / 2 + 6, -leg + 10 + drop - step.lift * 0.5)
    with figure.group():
        figure.limb((x, -leg + drop), knee, foot, width, fill)
        figure.limb((foot[0] - 4, foot[1]), foot, (foot[0] + 13, foot[1]), width, fill)
