"""The duck: a boat-shaped body, a long neck, a flat bill and webbed feet."""

from __future__ import annotations

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import Colour
from training.world.stances import Stance, stance_at
from training.world.subjects.feet import draw_thin_leg, leg_drop

_BILL: Colour = (250, 164, 36)
_FOOT_NEAR: Colour = (244, 150, 36)
_FOOT_FAR: Colour = (206, 120, 28)
_LEG = 20.0
_FIT = Fit((-1, -20), 21, (6, -5))


def draw_duck(figure: Figure, action: str, motion: Motion) -> None:
    """Feet, the body with its neck as one silhouette, the bill, then the near wing."""
    stance = stance_at(action, motion)
    drop = leg_drop(stance, _LEG)
    hold_balloon(figure, (-22, -50 + drop), motion.tilt, motion.sway)
    feet = stance.drop < 1 and action != "swim"
    if feet:
        draw_thin_leg(figure, (-6, _LEG), drop, stance.far_leg, _FOOT_FAR, 8)
    with figure.brush.placed(0, drop - 40, turn=-stance.pitch), figure.brush.placed(0, 40):
        if stance.far_wing > 0.3:
            with figure.brush.placed(12, -2):
                figure.shape(_wing(stance.far_wing), figure.coat.ink)
        _draw_trunk(figure, stance, motion)
    if feet:
        draw_thin_leg(figure, (8, _LEG), drop, stance.near_leg, _FOOT_NEAR, 8)
    with figure.brush.placed(0, drop - 40, turn=-stance.pitch), figure.brush.placed(0, 40):
        figure.shape(_wing(stance.wing), figure.coat.dark)


def _draw_trunk(figure: Figure, stance: Stance, motion: Motion) -> None:
    coat = figure.coat
    head_x, head_y = 42 + stance.head[0], -100 + 1.6 * stance.head[1]
    tail = 5 * motion.sway
    hull = [(-52, -34), (-76, -62 + tail), (-60, -68 + tail), (-38, -54), (10, -60), (48, -56),
            (52, -26), (24, -8), (-26, -10)]  # fmt: skip
    with figure.group():
        figure.limb((30, -44), (26, -74), (head_x - 2, head_y), 25, coat.light)
        figure.shape(hull, figure.fur(-66, -10))
        figure.body(head_x, head_y, 24, 23, 0)
    figure.patch(14, -22, 30, 10, coat.belly, -8)
    with figure.group():
        figure.patch(33, -69 + 0.6 * stance.head[1], 14, 5.5, coat.belly, 8)
    wear_scarf(figure, (32, -70 + 0.6 * stance.head[1]), 17, 10, motion.sway)
    with figure.brush.placed(head_x, head_y, turn=stance.head_tilt):
        bill = [(16, -2), (30, -4), (50, 2), (52, 10), (34, 14), (16, 12)]
        figure.shape(bill, _BILL)
        figure.stroke([(22, 6), (44, 6)], 2.4)
        figure.eye(6, -5, 6.4, closed=stance.eyes_closed)
        wear_on_head(figure, _FIT)


def _wing(raised: float) -> list[Point]:
    """The near wing: folded along the side at 0, up at 1."""
    return [
        (20, -50),
        (0, -56 - 18 * raised),
        (-40 + 4 * raised, -50 - 62 * raised),
        (-50, -40 - 44 * raised),
        (-28, -22 - 6 * raised),
        (8, -24),
    ]
