"""The bird: a round body on two thin legs, a beak, and a wing that shows its effort."""

from __future__ import annotations

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import Colour
from training.world.stances import Stance, stance_at
from training.world.subjects.feet import draw_thin_leg, leg_drop
from training.world.subjects.wings import bird_wing

_BEAK: Colour = (250, 176, 40)
_LEG_NEAR: Colour = (240, 160, 40)
_LEG_FAR: Colour = (206, 128, 30)
_LEG = 28.0
_FIT = Fit((4, -24), 24, (8, -5))


def draw_bird(figure: Figure, action: str, motion: Motion) -> None:
    """Legs, tail, body with head, then the near wing."""
    stance = stance_at(action, motion)
    drop = leg_drop(stance, _LEG)
    hold_balloon(figure, (-20, -60 + drop), motion.tilt, motion.sway)
    if stance.drop < 1:
        draw_thin_leg(figure, (-4, _LEG), drop, stance.far_leg, _LEG_FAR)
    with figure.brush.placed(0, drop - 50, turn=-stance.pitch), figure.brush.placed(0, 50):
        if stance.far_wing > 0.3:
            with figure.brush.placed(12, -4):
                figure.shape(bird_wing(stance.far_wing), figure.coat.ink)
        _draw_trunk(figure, stance, motion)
    if stance.drop < 1:
        draw_thin_leg(figure, (8, _LEG), drop, stance.near_leg, _LEG_NEAR)
    with figure.brush.placed(0, drop - 50, turn=-stance.pitch), figure.brush.placed(0, 50):
        figure.shape(bird_wing(stance.wing), figure.coat.dark)


def _draw_trunk(figure: Figure, stance: Stance, motion: Motion) -> None:
    coat = figure.coat
    head_x, head_y = 30 + stance.head[0], -86 + stance.head[1]
    with figure.group():
        swing = 6 * motion.sway
        tail = [(-28, -50), (-72, -66 + swing), (-76, -48 + swing), (-64, -38), (-26, -34)]
        figure.wedge(tail, coat.dark)
        crest = [(-10, -26), (-20, -44), (0, -38), (6, -22)]
        figure.wedge([(head_x + x, head_y + y) for x, y in crest], coat.dark)
        figure.body(-2, -50, 42, 31, -14)
        figure.body(head_x, head_y, 27, 26, 0)
    figure.patch(10, -38, 26, 16, coat.belly, -24)
    wear_scarf(figure, (21, -66 + stance.head[1] * 0.6), 23, 24, motion.sway)
    with figure.brush.placed(head_x, head_y, turn=stance.head_tilt):
        figure.wedge([(23, -9), (52, 2), (23, 12)], _BEAK)
        figure.stroke([(26, 2), (44, 2)], 2.4)
        figure.eye(8, -5, 7, closed=stance.eyes_closed)
        wear_on_head(figure, _FIT)
