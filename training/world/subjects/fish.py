"""The fish: it swims as fish do, and on land stands on two little legs."""

from __future__ import annotations

import math

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.figure import Figure
from training.world.motion import TURN, Motion
from training.world.palette import Colour
from training.world.stances import Stance, stance_at
from training.world.subjects.feet import draw_thin_leg, leg_drop
from training.world.subjects.wings import draw_feather_wing

_LIP: Colour = (246, 120, 130)
_LEG_NEAR: Colour = (250, 170, 60)
_LEG_FAR: Colour = (210, 130, 40)
_LEG = 24.0
_FIT = Fit((20, -36), 25, (32, -12), 8.5)


def draw_fish(figure: Figure, action: str, motion: Motion) -> None:
    """Legs unless it swims, the body with its fins, and the side fin as an arm."""
    stance = stance_at(action, motion)
    drop = leg_drop(stance, _LEG)
    legs = action != "swim" and stance.drop < 1
    hold_balloon(figure, (-14, -70 + drop), motion.tilt, motion.sway)
    if legs:
        draw_thin_leg(figure, (-6, _LEG), drop, stance.far_leg, _LEG_FAR, 8)
    with figure.brush.placed(0, -56 + drop, turn=-stance.pitch):
        if action == "fly":
            draw_feather_wing(figure, (10, -26), math.sin(2 * TURN * motion.phase), far=True)
        _draw_trunk(figure, action, stance, motion)
    if legs:
        draw_thin_leg(figure, (12, _LEG), drop, stance.near_leg, _LEG_NEAR, 8)
    if action == "fly":
        draw_feather_wing(figure, (-2, -76), math.sin(2 * TURN * motion.phase), far=False)


def _draw_trunk(figure: Figure, action: str, stance: Stance, motion: Motion) -> None:
    coat = figure.coat
    quick = action in ("swim", "run")
    beat = math.sin(TURN * (2 * motion.phase if quick else motion.phase)) if quick else motion.sway
    reach = 34 + 8 * beat
    tail = [(-44, 0), (-62, -16), (-62 - reach * 0.8, -40), (-56 - reach * 0.5, -2),
            (-62 - reach * 0.8, 38), (-62, 14)]  # fmt: skip
    with figure.group():
        figure.shape(tail, coat.dark)
        figure.shape([(-30, -26), (-22, -56), (10, -58), (28, -28)], coat.dark)
        figure.shape([(-6, 26), (-20, 48), (8, 46), (20, 24)], coat.dark)
        figure.shape([(-70, 0), (-34, -32), (12, -44), (56, -30), (66, 2), (50, 32), (8, 42),
                      (-34, 30)], figure.fur(-40, 40))  # fmt: skip
        figure.patch(14, 22, 34, 12, coat.belly, -8)
    for x in (-26, -8):
        figure.stroke([(x, -18), (x + 7, 0), (x, 18)], 4, coat.dark)
    figure.shape([(54, 2), (70, 2), (68, 12), (70, 20), (54, 18)], _LIP)
    wear_scarf(figure, (2, 2), 38, 84, motion.sway)
    with figure.brush.placed(0, 0, turn=stance.head_tilt * 0.3):
        figure.eye(32, -12, 9.5, closed=stance.eyes_closed)
        wear_on_head(figure, _FIT, 12)
    raised = max(0.0, stance.wing) + (0.25 * beat if quick else 0)
    with figure.brush.placed(2, 6, turn=20 + 120 * raised):
        figure.shape([(-8, -6), (8, -6), (13, 22), (0, 36), (-13, 22)], coat.dark)
