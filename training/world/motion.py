"""Where a subject's body is at a time: the travel, lift, tilt and rhythm of each action."""

from __future__ import annotations

import math
from typing import NamedTuple

from training.world.scene import Scene

TURN = 2 * math.pi


class Motion(NamedTuple):
    """The placement of a whole body.

    `x` is in picture pixels; `lift` is the height above the ground in subject units; `tilt` is in
    degrees, nose down positive; `stretch` scales the height; `phase` is the cycle's position in
    0..1; `sway` swings slowly between -1 and 1, for tails, ears and breath.
    """

    x: float
    lift: float
    tilt: float
    stretch: float
    phase: float
    sway: float


class Rhythm(NamedTuple):
    """Cycles per second (below 2, so that 4 frames per second can show them), pixels per second,
    and how far behind the centre the subject starts."""

    frequency: float
    speed: float
    lead: float


RHYTHMS: dict[str, Rhythm] = {
    "run": Rhythm(1.2, 56, 56),
    "walk": Rhythm(0.7, 32, 42),
    "jump": Rhythm(0.55, 26, 34),
    "stand": Rhythm(0.5, 0, 0),
}
_SWAY_FREQUENCY = 0.9
_JUMP_CROUCH = 0.12
"""Share of a jump's cycle spent on the ground."""


def motion_at(scene: Scene, time_s: float) -> Motion:
    """The placement of the scene's subject at a time."""
    action = scene.attributes.action
    rhythm = RHYTHMS[action]
    phase = (scene.phase + rhythm.frequency * time_s) % 1
    x = 256 + scene.offset_x + scene.facing * (rhythm.speed * time_s - rhythm.lead)
    lift, tilt, stretch = _vertical(action, phase)
    sway = math.sin(TURN * (scene.unit_phase + _SWAY_FREQUENCY * time_s))
    return Motion(x, lift, tilt, stretch, phase, sway)


def _vertical(action: str, phase: float) -> tuple[float, float, float]:
    """Lift, tilt and stretch at a phase of an action."""
    wave = math.sin(TURN * phase)
    if action == "run":
        return 4 + 5 * abs(math.cos(TURN * phase)), 3 * math.cos(TURN * phase), 1.0
    if action == "walk":
        return 1.5 * abs(wave), 0.0, 1.0
    if action == "jump":
        if phase < _JUMP_CROUCH:
            return 0.0, 0.0, 1 - 0.12 * math.sin(math.pi * phase / _JUMP_CROUCH)
        flight = (phase - _JUMP_CROUCH) / (1 - _JUMP_CROUCH)
        return 38 * 4 * flight * (1 - flight), -16 * math.cos(math.pi * flight), 1.0
    return 0.0, 0.0, 1 + 0.02 * wave
