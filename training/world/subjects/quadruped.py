"""Four-legged subjects: one skeleton, and what sets each species apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import mix
from training.world.poses import Leg, Pose, pose_at
from training.world.subjects import heads, tails
from training.world.subjects.wings import draw_feather_wing

HeadPainter = Callable[[Figure, Motion, Pose], None]
TailPainter = Callable[[Figure, Point, Motion], None]


class Build(NamedTuple):
    """The proportions of a species, in subject units, and its head and tail.

    `neck` leads from the shoulder to the head's centre; `neck_width` is 0 where the head sits on
    the body; `socks` darkens the near legs by a share.
    """

    leg: float
    leg_width: float
    spine: float
    girth: float
    neck: Point
    head: HeadPainter
    tail: TailPainter
    fit: Fit
    neck_width: float = 0.0
    socks: float = 0.0


BUILDS: dict[str, Build] = {
    "dog": Build(40, 13, 60, 21, (22, -31), heads.draw_dog_head, tails.draw_dog_tail,
                 Fit((-1, -24), 25, (9, -7))),
    "cat": Build(39, 11, 58, 18, (21, -29), heads.draw_cat_head, tails.draw_cat_tail,
                 Fit((-3, -23), 24, (9, -6))),
    "rabbit": Build(29, 12, 46, 24, (19, -31), heads.draw_rabbit_head, tails.draw_rabbit_tail,
                    Fit((6, -22), 24, (9, -7))),
    "fox": Build(38, 11, 60, 18, (22, -29), heads.draw_fox_head, tails.draw_fox_tail,
                 Fit((-4, -22), 24, (7, -6)), socks=0.6),
    "bear": Build(31, 18, 56, 29, (25, -26), heads.draw_bear_head, tails.draw_bear_tail,
                  Fit((0, -27), 26, (10, -7), 6)),
    "horse": Build(50, 12, 62, 21, (31, -52), heads.draw_horse_head, tails.draw_horse_tail,
                   Fit((0, -18), 22, (8, -6)), neck_width=24, socks=0.5),
}  # fmt: skip


class Joints(NamedTuple):
    """Where the parts of a posed body meet."""

    hip: Point
    shoulder: Point
    centre: Point
    up: Point
    rump: Point
    head: Point


def _joints(build: Build, pose: Pose) -> Joints:
    hip = (-build.spine / 2 + pose.hip, -build.leg - 3 + pose.drop * build.leg)
    pitch = math.radians(pose.pitch)
    along, up = (math.cos(pitch), -math.sin(pitch)), (-math.sin(pitch), -math.cos(pitch))
    shoulder = (hip[0] + build.spine * along[0], hip[1] + build.spine * along[1])
    return Joints(
        hip,
        shoulder,
        ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2),
        up,
        (hip[0] - 10 * along[0] + up[0] * 6, hip[1] - 10 * along[1] + up[1] * 6),
        (shoulder[0] + build.neck[0] + pose.head[0], shoulder[1] + build.neck[1] + pose.head[1]),
    )


def draw_quadruped(figure: Figure, subject: str, action: str, motion: Motion) -> None:
    """Far legs, body with tail and near legs as one silhouette, then the head."""
    build, pose = BUILDS[subject], pose_at(action, motion)
    at = _joints(build, pose)
    hold_balloon(figure, (at.centre[0] - 14, at.centre[1] - 10), motion.tilt, motion.sway)
    with figure.group():
        _draw_leg(figure, build, (at.hip[0] + 9, at.hip[1]), pose.legs[0], far=True)
        _draw_leg(figure, build, (at.shoulder[0] + 5, at.shoulder[1]), pose.legs[1], far=True)
    if pose.wings is not None:
        root = (at.centre[0] + 12, at.centre[1] - build.girth)
        draw_feather_wing(figure, root, pose.wings, far=True)
    _draw_body(figure, build, pose, at, motion)
    turn = 38 - pose.pitch * 0.45
    wear_scarf(figure, _between(at.shoulder, at.head, 0.34), build.girth * 1.08, turn, motion.sway)
    with figure.brush.placed(*at.head, turn=pose.head_tilt):
        build.head(figure, motion, pose)
        wear_on_head(figure, build.fit)
    if pose.wings is not None:
        root = (at.centre[0] - 4, at.centre[1] - build.girth * 0.9)
        draw_feather_wing(figure, root, pose.wings, far=False)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _draw_body(figure: Figure, build: Build, pose: Pose, at: Joints, motion: Motion) -> None:
    girth, up = build.girth, at.up
    with figure.group():
        build.tail(figure, at.rump, motion)
        middle = (at.centre[0] + up[0] * girth * 0.4, at.centre[1] + up[1] * girth * 0.4)
        figure.body(*middle, build.spine / 2 + 18, girth, -pose.pitch)
        if build.neck_width:
            base = (at.shoulder[0] + up[0] * girth * 0.4, at.shoulder[1] + up[1] * girth * 0.4)
            bow = (base[0] + 20, base[1] - 12)
            figure.limb(base, bow, at.head, build.neck_width, figure.coat.base)
        belly = (at.centre[0] - up[0] * girth * 0.16, at.centre[1] - up[1] * girth * 0.16)
        coat = figure.coat
        figure.patch(*belly, build.spine / 2 - 2, girth * 0.36, coat.belly, -pose.pitch)
        _draw_leg(figure, build, (at.hip[0] - 2, at.hip[1]), pose.legs[2], far=False)
        if not pose.upright:
            _draw_leg(figure, build, (at.shoulder[0] - 4, at.shoulder[1]), pose.legs[3], far=False)
    if pose.upright:
        # An arm in front of the chest needs its own outline to be told from the body.
        with figure.group():
            arm = build._replace(leg=max(build.leg, build.girth + 15))
            _draw_leg(figure, arm, (at.shoulder[0] - 8, at.shoulder[1]), pose.legs[3], far=False)


def _draw_leg(figure: Figure, build: Build, joint: Point, leg: Leg, *, far: bool) -> None:
    coat = figure.coat
    fill = coat.dark if far else coat.base
    paw = mix(fill, coat.ink, build.socks)
    length = build.leg * leg.reach
    foot = (joint[0] + math.sin(leg.angle) * length, joint[1] + math.cos(leg.angle) * length)
    reach = leg.bend * build.leg * 2
    knee = (
        (joint[0] + foot[0]) / 2 - math.cos(leg.angle) * reach,
        (joint[1] + foot[1]) / 2 + math.sin(leg.angle) * reach,
    )
    figure.limb(joint, knee, foot, build.leg_width, fill)
    half = build.leg_width * 0.5
    figure.oval(foot[0] + half * 0.5, foot[1] - half * 0.2, half * 1.5, half * 1.05, paw)
