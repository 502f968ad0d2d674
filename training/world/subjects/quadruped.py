"""Four-legged subjects: one skeleton, and what sets each species apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.poses import Leg, Pose, pose_at
from training.world.subjects.heads import draw_cat_head, draw_dog_head, draw_rabbit_head
from training.world.subjects.tails import draw_cat_tail, draw_dog_tail, draw_rabbit_tail

HeadPainter = Callable[[Figure, Motion, Pose], None]
TailPainter = Callable[[Figure, Point, Motion], None]


class Build(NamedTuple):
    """The proportions of a species, in subject units, and its head and tail."""

    leg: float
    leg_width: float
    spine: float
    girth: float
    neck: Point
    head: HeadPainter
    tail: TailPainter


BUILDS: dict[str, Build] = {
    "dog": Build(40, 13, 60, 21, (22, -31), draw_dog_head, draw_dog_tail),
    "cat": Build(39, 11, 58, 18, (21, -29), draw_cat_head, draw_cat_tail),
    "rabbit": Build(29, 12, 46, 24, (19, -31), draw_rabbit_head, draw_rabbit_tail),
}


def draw_quadruped(figure: Figure, subject: str, action: str, motion: Motion) -> None:
    """Far legs, body with tail and near legs as one silhouette, then the head."""
    build, pose = BUILDS[subject], pose_at(action, motion)
    hip = (-build.spine / 2 + pose.hip[0], -build.leg - 3 + pose.hip[1])
    pitch = math.radians(pose.pitch)
    shoulder = (hip[0] + build.spine * math.cos(pitch), hip[1] - build.spine * math.sin(pitch))
    coat = figure.coat
    with figure.group():
        _draw_leg(figure, build, (hip[0] + 9, hip[1]), pose.legs[0], far=True)
        _draw_leg(figure, build, (shoulder[0] + 5, shoulder[1]), pose.legs[1], far=True)
    centre = ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2)
    up = (-math.sin(pitch), -math.cos(pitch))
    body = (centre[0] + up[0] * build.girth * 0.4, centre[1] + up[1] * build.girth * 0.4)
    rump = (hip[0] - 10 * math.cos(pitch) + up[0] * 6, hip[1] + 10 * math.sin(pitch) + up[1] * 6)
    head = (shoulder[0] + build.neck[0] + pose.head[0], shoulder[1] + build.neck[1] + pose.head[1])
    with figure.group():
        build.tail(figure, rump, motion)
        figure.body(*body, build.spine / 2 + 18, build.girth, -pose.pitch)
        belly = (centre[0] - up[0] * build.girth * 0.16, centre[1] - up[1] * build.girth * 0.16)
        figure.patch(*belly, build.spine / 2 - 2, build.girth * 0.36, coat.belly, -pose.pitch)
        _draw_leg(figure, build, (hip[0] - 2, hip[1]), pose.legs[2], far=False)
        _draw_leg(figure, build, (shoulder[0] - 4, shoulder[1]), pose.legs[3], far=False)
    with figure.brush.placed(*head, turn=pose.head_tilt):
        build.head(figure, motion, pose)


def _draw_leg(figure: Figure, build: Build, joint: Point, leg: Leg, *, far: bool) -> None:
    fill = figure.coat.dark if far else figure.coat.base
    length = build.leg * leg.reach
    foot = (joint[0] + math.sin(leg.angle) * length, joint[1] + math.cos(leg.angle) * length)
    reach = leg.bend * build.leg * 2
    knee = (
        (joint[0] + foot[0]) / 2 - math.cos(leg.angle) * reach,
        (joint[1] + foot[1]) / 2 + math.sin(leg.angle) * reach,
    )
    figure.limb(joint, knee, foot, build.leg_width, fill)
    half = build.leg_width * 0.5
    figure.oval(foot[0] + half * 0.5, foot[1] - half * 0.2, half * 1.5, half * 1.05, fill)
