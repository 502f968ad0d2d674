"""The heads of the four-legged subjects, drawn around their own centre and facing right."""

from __future__ import annotations

from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import Colour
from training.world.poses import Pose

_NOSE: Colour = (24, 18, 26)
_PINK: Colour = (238, 128, 140)
_BLUSH: Colour = (250, 150, 160)
_TONGUE: Colour = (236, 96, 110)
_WHITE: Colour = (255, 255, 255)


def draw_dog_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """A long muzzle with a big nose, and an ear that hangs."""
    coat = figure.coat
    if pose.mouth_open:
        figure.oval(20, 19, 7, 10, _TONGUE, -20)
    with figure.group():
        figure.body(0, 0, 27, 26, 0)
        figure.oval(22, 7, 20, 13, coat.belly)
    figure.patch(22, 7, 19, 12, coat.belly)
    figure.patch(37, 1, 7.5, 6, _NOSE)
    figure.stroke([(16, 14), (26, 16), (36, 12)], 2.6)
    figure.eye(9, -7, 7, closed=pose.eyes_closed)
    flap = 3 * motion.sway
    ear = [(-4, -24), (-16, -26), (-27, -8), (-29 - flap, 16 + flap), (-18 - flap, 24 + flap),
           (-8, 8), (-2, -10)]  # fmt: skip
    figure.shape(ear, coat.dark)


def draw_cat_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """Two pointed ears, whiskers, a small pink nose."""
    coat = figure.coat
    with figure.group():
        figure.wedge([(-21, -10), (-23, -42), (0, -22)], coat.dark)
        figure.wedge([(2, -22), (15, -42), (24, -10)], coat.light)
        figure.body(0, 0, 28, 25, 0)
    figure.wedge_patch([(7, -22), (14, -34), (19, -16)], _PINK)
    figure.patch(16, 9, 13, 9, coat.belly)
    figure.patch(24, 3, 4.2, 3.4, _PINK)
    figure.stroke([(23, 8), (20, 13), (13, 12)], 2.4)
    for lift in (-2, 6):
        figure.stroke([(17, 6 + lift * 0.5), (42, 3 + lift * 2)], 2.2)
    figure.eye(9, -6, 7, closed=pose.eyes_closed)


def draw_rabbit_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """Two long ears, front teeth, a round cheek."""
    coat = figure.coat
    lean = 4 * motion.sway
    far = [(-14, -12), (-26 - lean, -50), (-20 - lean, -78), (-8 - lean, -72), (-4, -14)]
    near = [(0, -14), (-6 - lean, -52), (0 - lean, -80), (12 - lean, -74), (13, -14)]
    figure.shape(far, coat.dark)
    with figure.group():
        figure.shape(near, coat.base)
        figure.body(0, 0, 26, 25, 0)
    figure.patch(3 - lean * 0.6, -46, 4.2, 19, _PINK, 6)
    figure.patch(17, 8, 12, 10, coat.belly)
    figure.patch(24, 2, 4.4, 3.6, _PINK)
    figure.wedge([(14, 14), (22, 14), (21, 22), (15, 22)], _WHITE)
    figure.patch(2, 10, 6, 4.4, _BLUSH)
    figure.eye(9, -7, 7, closed=pose.eyes_closed)


def draw_fox_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """Big pointed ears with dark tips, and a narrow pale muzzle."""
    coat = figure.coat
    with figure.group():
        figure.wedge([(-22, -8), (-24, -50), (-1, -20)], coat.dark)
        figure.wedge([(0, -20), (10, -50), (22, -12)], coat.base)
        figure.shape([(-30, 14), (-28, -20), (0, -30), (24, -20), (30, 0), (0, 30)], coat.base)
        figure.shape([(2, 0), (24, -6), (52, 6), (48, 14), (20, 22), (-2, 20)], coat.belly)
    figure.wedge_patch([(4, -34), (10, -49), (15, -31)], coat.ink)
    figure.wedge_patch([(-23, -33), (-24, -49), (-13, -34)], coat.ink)
    figure.shape_patch([(-26, 10), (-6, 2), (4, 14), (-4, 26), (-18, 24)], coat.belly)
    figure.patch(45, 7, 6, 5.4, _NOSE)
    figure.stroke([(22, 15), (40, 13)], 2.4)
    figure.eye(7, -6, 6.6, closed=pose.eyes_closed)


def draw_bear_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """A large round head, small round ears, a pale snout."""
    coat = figure.coat
    with figure.group():
        figure.oval(-20, -22, 11, 11, coat.dark)
        figure.oval(12, -26, 11, 11, coat.base)
        figure.body(0, 0, 31, 29, 0)
        figure.oval(24, 8, 16, 13, coat.belly)
    figure.patch(13, -25, 5.6, 5.6, coat.belly)
    figure.patch(24, 8, 15, 12, coat.belly)
    figure.patch(31, 2, 7.4, 5.6, _NOSE)
    figure.stroke([(30, 8), (28, 14), (18, 14)], 2.6)
    figure.patch(0, 12, 6, 4.4, _BLUSH)
    figure.eye(10, -7, 6, closed=pose.eyes_closed)


def draw_horse_head(figure: Figure, motion: Motion, pose: Pose) -> None:
    """A long face with a pale muzzle, pricked ears and a dark mane down the neck."""
    coat = figure.coat
    sway = 3 * motion.sway
    mane = [(10, -24), (-8, -32), (-26, -14), (-36 - sway, 18), (-46 - sway, 44), (-32, 44),
            (-22, 16), (-10, -8)]  # fmt: skip
    with figure.group():
        figure.wedge([(-8, -14), (-10, -38), (6, -18)], coat.dark)
        figure.wedge([(2, -16), (6, -38), (16, -14)], coat.base)
        figure.shape([(-20, -12), (-6, -26), (18, -22), (46, 10), (50, 26), (34, 34), (12, 22),
                      (-14, 18)], coat.base)  # fmt: skip
    figure.shape(mane, coat.dark)
    figure.shape([(26, 2), (42, 4), (52, 20), (42, 34), (28, 30), (22, 14)], coat.belly)
    figure.patch(43, 17, 3, 3.6, coat.ink)
    figure.stroke([(32, 27), (44, 26)], 2.4)
    figure.eye(8, -6, 6.8, closed=pose.eyes_closed)
