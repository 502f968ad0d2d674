"""The bird: a round body on two thin legs, a beak, and a wing that shows its effort."""

from __future__ import annotations

import math

from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import TURN, Motion
from training.world.palette import Colour

_BEAK: Colour = (250, 176, 40)
_LEG_NEAR: Colour = (240, 160, 40)
_LEG_FAR: Colour = (206, 128, 30)


def draw_bird(figure: Figure, action: str, motion: Motion) -> None:
    """Legs, tail, body with head, then the near wing."""
    coat = figure.coat
    _draw_leg(figure, action, motion, -4, 0.5, _LEG_FAR)
    with figure.group():
        tail = 6 * motion.sway
        figure.wedge(
            [(-28, -50), (-72, -66 + tail), (-76, -48 + tail), (-64, -38), (-26, -34)], coat.dark
        )
        figure.wedge([(20, -112), (10, -130), (30, -124), (36, -108)], coat.dark)
        figure.body(-2, -50, 42, 31, -14)
        figure.body(30, -86, 27, 26, 0)
    figure.patch(10, -38, 26, 16, coat.belly, -24)
    figure.wedge([(53, -95), (82, -84), (53, -74)], _BEAK)
    figure.stroke([(56, -84), (74, -84)], 2.4)
    figure.eye(38, -91, 7)
    _draw_leg(figure, action, motion, 8, 0.0, _LEG_NEAR)
    figure.shape(_wing(action, motion), coat.dark)


def _wing(action: str, motion: Motion) -> list[Point]:
    """The near wing: folded, half open while running, beating in the air."""
    beat = math.sin(TURN * 2 * motion.phase)
    raised = {"run": 0.45 + 0.3 * beat, "jump": 0.75 + 0.55 * beat}.get(action, 0.03 * motion.sway)
    tip = (-58 + 8 * raised, -46 - 66 * raised)
    return [
        (16, -62),
        (-6, -72 - 18 * raised),
        tip,
        (-50, -34 - 52 * raised),
        (-18, -28 - 6 * raised),
        (10, -40),
    ]


def _draw_leg(
    figure: Figure, action: str, motion: Motion, x: float, offset: float, fill: Colour
) -> None:
    phase = TURN * (motion.phase + offset)
    if action == "run":
        angle, lift = 0.85 * math.sin(phase), 12 * max(0.0, math.cos(phase))
    elif action == "walk":
        angle, lift = 0.45 * math.sin(phase), 6 * max(0.0, math.cos(phase))
    elif action == "jump" and motion.lift > 0:
        angle, lift = -0.7 - 0.3 * offset, 5.0
    else:
        angle, lift = 0.0, 0.0
    foot = (x + 32 * math.sin(angle), -2 - lift - 28 * (1 - math.cos(angle)))
    knee = ((x + foot[0]) / 2 + 6, -18 - lift * 0.5)
    with figure.group():
        figure.limb((x, -28), knee, foot, 6, fill)
        figure.limb((foot[0] - 4, foot[1]), foot, (foot[0] + 13, foot[1]), 6, fill)
