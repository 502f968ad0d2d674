"""How a four-legged body arranges itself in each action."""

from __future__ import annotations

import math
from typing import NamedTuple

from training.world.motion import TURN, Motion

UPRIGHT_ACTIONS = frozenset({"wave", "dance"})
"""Actions for which a four-legged body stands on its hind legs."""


class Leg(NamedTuple):
    """A leg from its joint: angle in radians (forward positive), reach and bend in leg lengths."""

    angle: float
    reach: float = 1.0
    bend: float = 0.06


class Pose(NamedTuple):
    """The parts of a four-legged body.

    `pitch` is in degrees, shoulders up positive; `drop` lowers the hip by a share of the leg;
    `hip` moves it forward and `head` moves the head, both in subject units. Legs: far hind, far
    front, near hind, near front. `wings` is how far wings are raised, -1..1, or None.
    """

    legs: tuple[Leg, Leg, Leg, Leg]
    pitch: float = 0.0
    drop: float = 0.0
    hip: float = 0.0
    head: tuple[float, float] = (0.0, 0.0)
    head_tilt: float = 0.0
    eyes_closed: bool = False
    mouth_open: bool = False
    wings: float | None = None

    @property
    def upright(self) -> bool:
        """Whether the body stands on its hind legs."""
        return self.pitch > 60


def pose_at(action: str, motion: Motion) -> Pose:
    """The pose of an action at a moment of its motion."""
    phase, sway = motion.phase, motion.sway
    if action == "run":
        legs = (_gallop(phase + 0.58), _gallop(phase + 0.08), _gallop(phase + 0.5), _gallop(phase))
        return Pose(legs, head=(5, 3 * math.sin(TURN * phase)), mouth_open=True)
    if action == "walk":
        legs = (_step(phase + 0.5), _step(phase), _step(phase), _step(phase + 0.5))
        return Pose(legs, head=(0, 2 * math.sin(2 * TURN * phase)))
    if action == "jump":
        return Pose(_leap(motion), head=(2, -2), mouth_open=True)
    if action == "sit":
        thigh, arm = Leg(1.25, 0.72, -0.1), Leg(0.08, 1.5, 0.0)
        return Pose((thigh, arm, thigh, Leg(0.0, 1.5, 0.0)), 46, 0.56, 4, (-10, 2), 5 * sway)
    if action == "sleep":
        flat = Leg(1.4, 0.8, -0.05)
        return Pose((flat, flat, flat, flat), drop=0.76, head=(8, 21), eyes_closed=True)
    if action == "fly":
        back, ahead = Leg(-1.15, 0.9, 0.05), Leg(1.25, 0.8, 0.1)
        beat = math.sin(2 * TURN * phase)
        return Pose((back, ahead, back, ahead), mouth_open=True, wings=beat)
    if action == "swim":
        legs = (_paddle(phase + 0.5), _paddle(phase), _paddle(phase), _paddle(phase + 0.5))
        return Pose(legs, pitch=6, head=(3, -2))
    if action == "spin":
        splay, reach = Leg(-0.6, 0.95, 0.1), Leg(0.6, 0.95, 0.1)
        return Pose((splay, reach, splay, reach), mouth_open=True)
    if action == "wave":
        return _wave(phase)
    if action == "dance":
        return _dance(phase)
    straight = Leg(0.0)
    return Pose((straight, straight, straight, straight), head=(0, 1.5 * sway))


def _gallop(phase: float) -> Leg:
    """Both pairs swing together: the body stretches, then gathers."""
    swing = max(0.0, math.cos(TURN * phase))
    return Leg(0.95 * math.sin(TURN * phase), 1.08 - 0.3 * swing, 0.1 + 0.22 * swing)


def _step(phase: float) -> Leg:
    """One foot slides back along the ground, then is lifted forward."""
    angle = 0.42 * math.sin(TURN * phase)
    swing = max(0.0, math.cos(TURN * phase))
    return Leg(angle, 1 / math.cos(angle) - 0.22 * swing, 0.06 + 0.2 * swing)


def _paddle(phase: float) -> Leg:
    return Leg(0.2 + 0.75 * math.sin(TURN * phase), 0.9, 0.15)


def _leap(motion: Motion) -> tuple[Leg, Leg, Leg, Leg]:
    spread = min(1.0, motion.lift / 18)
    hind, front = -0.85 * spread, 1.15 * spread
    return (
        Leg(hind - 0.15 * spread, 0.95, 0.12),
        Leg(front - 0.2 * spread, 0.8, 0.25),
        Leg(hind, 0.95, 0.12),
        Leg(front, 0.8, 0.25),
    )


def _wave(phase: float) -> Pose:
    """On the hind legs, with one paw raised behind the head and swinging."""
    raised = Leg(-2.1 + 0.42 * math.sin(TURN * phase), 1.5, -0.05)
    legs = (Leg(0.12), Leg(0.75, 0.9, 0.1), Leg(-0.12), raised)
    return Pose(legs, pitch=80, hip=24, head=(-16, -4), head_tilt=-4, mouth_open=True)


def _dance(phase: float) -> Pose:
    """On the hind legs, arms out in turn, one foot kicking."""
    swing = math.sin(TURN * phase)
    kick = Leg(0.85, 0.85, 0.15) if swing > 0 else Leg(0.1)
    tap = Leg(-0.1) if swing > 0 else Leg(-0.75, 0.85, 0.15)
    arms = Leg(1.75 + 0.5 * swing, 1.1, 0.1), Leg(-1.75 + 0.5 * swing, 1.1, -0.1)
    return Pose(
        (kick, arms[0], tap, arms[1]), pitch=82, hip=24, head=(-16, -4), head_tilt=-8 * swing,
        mouth_open=True,
    )  # fmt: skip
