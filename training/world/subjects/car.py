"""The car: a round little car whose windscreen is an eye and whose bumper smiles."""

from __future__ import annotations

import math

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.figure import Figure
from training.world.motion import RHYTHMS, TURN, Motion
from training.world.palette import WHITE, Colour
from training.world.subjects.wings import draw_feather_wing

_TYRE: Colour = (44, 42, 52)
_HUB: Colour = (206, 212, 222)
_SPOKE: Colour = (90, 96, 110)
_GLASS: Colour = (176, 226, 246)
_LAMP: Colour = (255, 236, 130)
_GLOVE: Colour = (250, 248, 240)
_WHEEL = 18.0
_FIT = Fit((4, -94), 30, (36, -70), 10)


def draw_car(figure: Figure, action: str, motion: Motion) -> None:
    """Wings or arm if the action needs them, the body, then two wheels that roll."""
    hold_balloon(figure, (-40, -74), motion.tilt, motion.sway)
    wave = math.sin(TURN * motion.phase)
    nose_up = {"run": 5.0, "dance": 6 * wave}.get(action, 0.0)
    low = 7.0 if action in ("sleep", "sit") else 0.0
    if action == "fly":
        draw_feather_wing(figure, (14, -86), math.sin(2 * TURN * motion.phase), far=True)
    with figure.brush.placed(0, low, turn=-nose_up):
        _draw_shell(figure, action, motion)
    roll = motion.phase if RHYTHMS[action].speed else 0.0
    for x in (-44, 46):
        _draw_wheel(figure, x, roll)
    if action == "fly":
        draw_feather_wing(figure, (-4, -64), math.sin(2 * TURN * motion.phase), far=False)


def _draw_shell(figure: Figure, action: str, motion: Motion) -> None:
    coat = figure.coat
    if action in ("wave", "dance"):
        _draw_arm(figure, motion)
    with figure.group():
        figure.shape([(-56, -46), (-50, -84), (-34, -98), (34, -98), (54, -84), (66, -46)],
                     figure.fur(-98, -46))  # fmt: skip
        figure.slab(-82, -58, 86, -16, 17, figure.fur(-66, -10))
        figure.patch(2, -22, 80, 6, coat.dark)
    figure.shape([(-44, -54), (-40, -82), (-6, -88), (-8, -54)], _GLASS)
    figure.shape([(2, -54), (4, -88), (38, -90), (60, -56), (50, -52)], WHITE)
    figure.eye(34, -68, 11, closed=action == "sleep")
    figure.oval(76, -42, 8, 9, _LAMP)
    figure.stroke([(58, -30), (70, -25), (82, -28)], 3)
    wear_scarf(figure, (8, -48), 50, 2, motion.sway)
    wear_on_head(figure, _FIT, 0)


def _draw_arm(figure: Figure, motion: Motion) -> None:
    angle = -0.7 + 0.4 * math.sin(TURN * motion.phase)
    hand = (-24 + 56 * math.sin(angle), -84 - 56 * math.cos(angle))
    with figure.group():
        figure.limb((-24, -84), (-30, -104), hand, 9, _GLOVE)
        figure.oval(*hand, 13, 13, _GLOVE)


def _draw_wheel(figure: Figure, x: float, roll: float) -> None:
    figure.oval(x, -_WHEEL, _WHEEL, _WHEEL, _TYRE)
    figure.patch(x, -_WHEEL, 10, 10, _HUB)
    dx, dy = 9 * math.cos(TURN * roll), 9 * math.sin(TURN * roll)
    figure.stroke([(x - dx, -_WHEEL - dy), (x + dx, -_WHEEL + dy)], 5, _SPOKE)
