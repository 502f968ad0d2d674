"""The penguin: upright, a coloured back, a pale front, flippers and a waddle."""

from __future__ import annotations

import math

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import Colour
from training.world.stances import Stance, stance_at
from training.world.subjects.feet import leg_drop

_BEAK: Colour = (250, 164, 36)
_FOOT: Colour = (244, 150, 36)
_FOOT_FAR: Colour = (206, 120, 28)
_LEG = 12.0
_FIT = Fit((-2, -24), 26, (11, -4))


def draw_penguin(figure: Figure, action: str, motion: Motion) -> None:
    """Feet, the upright body turned by its waddle, then the near flipper."""
    stance = stance_at(action, motion)
    drop = leg_drop(stance, _LEG)
    lean = {"fly": 58.0, "swim": 62.0, "run": 12.0, "sleep": 0.0}.get(action, 0.0)
    if action in ("run", "walk"):
        lean += 7 * math.sin(2 * math.pi * motion.phase)
    hold_balloon(figure, (-22, -60 + drop), motion.tilt, motion.sway)
    with figure.brush.placed(0, -52, turn=lean), figure.brush.placed(0, 52):
        _draw_feet(figure, stance, lean)
        with figure.brush.placed(0, drop):
            _draw_trunk(figure, stance, motion)


def _draw_feet(figure: Figure, stance: Stance, lean: float) -> None:
    for x, step, fill in ((-8, stance.far_leg, _FOOT_FAR), (8, stance.near_leg, _FOOT)):
        forward = x + 26 * math.sin(step.angle) + (10 if stance.drop > 0.5 else 0)
        turn = 70.0 if lean > 30 else -40.0 * max(0.0, math.sin(step.angle))
        height = -5 - max(0.0, step.lift)
        figure.oval(forward + 5, min(-5, height), 15, 6, fill, turn)


def _draw_trunk(figure: Figure, stance: Stance, motion: Motion) -> None:
    coat = figure.coat
    head_x, head_y = 6 + stance.head[0], -108 + stance.head[1]
    if stance.far_wing > 0.3:
        _draw_flipper(figure, 16, stance.far_wing, coat.ink)
    with figure.group():
        figure.wedge([(-22, -22), (-44, -8), (-16, -8)], coat.dark)
        figure.shape([(0, -118), (-34, -92), (-42, -40), (-24, -4), (22, -4), (42, -36), (34, -88)],
                     figure.fur(-104, -10))  # fmt: skip
        figure.body(head_x, head_y, 29, 27, 0)
        figure.patch(14, -46, 24, 38, coat.belly)
    wear_scarf(figure, (4, -82 + stance.head[1] * 0.6), 33, 4, motion.sway)
    with figure.brush.placed(head_x, head_y, turn=stance.head_tilt):
        figure.patch(12, 2, 15, 17, coat.belly)
        figure.wedge([(22, -4), (48, 6), (20, 14)], _BEAK)
        figure.eye(11, -4, 6.8, closed=stance.eyes_closed)
        wear_on_head(figure, _FIT)
    _draw_flipper(figure, -12, stance.wing, coat.dark)


def _draw_flipper(figure: Figure, x: float, raised: float, fill: Colour) -> None:
    with figure.brush.placed(x - 15 * raised, -82, turn=18 + 108 * raised):
        figure.shape([(-9, -6), (9, -6), (10, 28), (0, 56), (-10, 28)], fill)
