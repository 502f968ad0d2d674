"""How a two-legged body (birds, penguin, robot, fish) arranges itself in each action."""

from __future__ import annotations

import math
from typing import NamedTuple

from training.world.motion import TURN, Motion


class Step(NamedTuple):
    """A leg: angle in radians (forward positive) and how far the foot is lifted, in units."""

    angle: float = 0.0
    lift: float = 0.0


class Stance(NamedTuple):
    """The parts of a two-legged body.

    `wing` and `far_wing` tell how far wings or arms are raised (0: folded, 1: up); `drop` is the
    share of the leg's length by which the body sinks, `pitch` its turn in degrees, nose up
    positive; `head` moves the head in subject units.
    """

    far_leg: Step = Step()
    near_leg: Step = Step()
    wing: float = 0.0
    far_wing: float = 0.0
    drop: float = 0.0
    pitch: float = 0.0
    head: tuple[float, float] = (0.0, 0.0)
    head_tilt: float = 0.0
    eyes_closed: bool = False


def stance_at(action: str, motion: Motion) -> Stance:
    """The stance of an action at a moment of its motion."""
    phase = motion.phase
    wave, beat = math.sin(TURN * phase), math.sin(2 * TURN * phase)
    if action in ("run", "walk"):
        width, height = (0.85, 12) if action == "run" else (0.45, 6)
        wing = 0.45 + 0.3 * beat if action == "run" else 0.03 * motion.sway
        far, near = _stride(phase + 0.5, width, height), _stride(phase, width, height)
        return Stance(far, near, wing)
    if action == "jump":
        if motion.lift <= 0:
            return Stance(wing=0.75 + 0.55 * beat)
        return Stance(Step(-0.85, 5), Step(-0.7, 5), 0.75 + 0.55 * beat)
    if action == "sit":
        forward = Step(1.2, -16)
        return Stance(forward, forward, 0.0, drop=0.85, pitch=14, head_tilt=5 * motion.sway)
    if action == "sleep":
        return Stance(drop=1.0, head=(-4, 16), head_tilt=22, eyes_closed=True)
    if action == "fly":
        trail = Step(-1.2, -4)
        return Stance(trail, trail, 0.55 + 0.75 * beat, 0.55 + 0.75 * beat, pitch=-8)
    if action == "swim":
        return Stance(_stride(phase + 0.5, 0.8, 4), _stride(phase, 0.8, 4), 0.1 + 0.1 * wave)
    if action == "spin":
        return Stance(Step(0.5, 4), Step(-0.5, 4), 0.8, 0.8)
    if action == "wave":
        return Stance(wing=1.05 + 0.35 * wave, head_tilt=-4)
    if action == "dance":
        near, far = (Step(0.8, 8), Step()) if wave > 0 else (Step(), Step(-0.8, 8))
        return Stance(far, near, 0.7 + 0.5 * wave, 0.7 - 0.5 * wave, head_tilt=-8 * wave)
    return Stance(wing=0.03 * motion.sway)


def _stride(phase: float, width: float, height: float) -> Step:
    return Step(width * math.sin(TURN * phase), height * max(0.0, math.cos(TURN * phase)))
