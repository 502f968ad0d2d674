"""How a four-legged body arranges itself in each action."""

from __future__ import annotations

import math
from typing import NamedTuple

from training.world.motion import TURN, Motion


class Leg(NamedTuple):
    """A leg from its joint: angle in radians (forward positive), reach and bend in leg lengths."""

    angle: float
    reach: float = 1.0
    bend: float = 0.06


class Pose(NamedTuple):
    """The parts of a four-legged body.

    `pitch` is in degrees, shoulders up positive; `hip` moves the hip in subject units (down is
    positive). Legs: far hind, far front, near hind, near front.
    """

    legs: tuple[Leg, Leg, Leg, Leg]
    pitch: float = 0.0
    hip: tuple[float, float] = (0.0, 0.0)
    head: tuple[float, float] = (0.0, 0.0)
    head_tilt: float = 0.0
    eyes_closed: bool = False
    mouth_open: bool = False


def pose_at(action: str, motion: Motion) -> Pose:
    """The pose of an action at a moment of its motion."""
    phase = motion.phase
    if action == "run":
        legs = (_gallop(phase + 0.58), _gallop(phase + 0.08), _gallop(phase + 0.5), _gallop(phase))
        return Pose(legs, head=(5, 3 * math.sin(TURN * phase)), mouth_open=True)
    if action == "walk":
        legs = (_step(phase + 0.5), _step(phase), _step(phase), _step(phase + 0.5))
        return Pose(legs, head=(0, 2 * math.sin(2 * TURN * phase)))
    if action == "jump":
        return Pose(_leap(motion), head=(2, -2), mouth_open=True)
    straight = Leg(0.0)
    return Pose((straight, straight, straight, straight), head=(0, 1.5 * motion.sway))


def _gallop(phase: float) -> Leg:
    """Both pairs swing together: the body stretches, then gathers."""
    swing = max(0.0, math.cos(TURN * phase))
    return Leg(0.95 * math.sin(TURN * phase), 1.08 - 0.3 * swing, 0.1 + 0.22 * swing)


def _step(phase: float) -> Leg:
    """One foot slides back along the ground, then is lifted forward."""
    angle = 0.42 * math.sin(TURN * phase)
    swing = max(0.0, math.cos(TURN * phase))
    return Leg(angle, 1 / math.cos(angle) - 0.22 * swing, 0.06 + 0.2 * swing)


def _leap(motion: Motion) -> tuple[Leg, Leg, Leg, Leg]:
    spread = min(1.0, motion.lift / 18)
    hind, front = -0.85 * spread, 1.15 * spread
    return (
        Leg(hind - 0.15 * spread, 0.95, 0.12),
        Leg(front - 0.2 * spread, 0.8, 0.25),
        Leg(hind, 0.95, 0.12),
        Leg(front, 0.8, 0.25),
    )
