"""Where a subject's body is at a time: the travel, lift, tilt and rhythm of each action."""

from __future__ import annotations

import math
from typing import NamedTuple

from training.world.scene import Scene

TURN = 2 * math.pi


class Motion(NamedTuple):
    """The placement of a whole body.

    `x` is in picture pixels; `lift` is the height above the ground in subject units; `tilt` is in
    degrees, nose down positive, around a point `pivot` units above the feet; `stretch` scales the
    height and `turn` the width, which is negative where a body shows its other side; `phase` is the
    cycle's position in 0..1; `sway` swings slowly between -1 and 1, for tails, ears and breath.
    """

    x: float
    lift: float
    tilt: float
    stretch: float
    phase: float
    sway: float
    pivot: float = 0.0
    turn: float = 1.0


class Rhythm(NamedTuple):
    """Cycles per second (below 2, so that 4 frames per second can show them), pixels per second,
    and how far behind the centre the subject starts."""

    frequency: float
    speed: float
    lead: float


class Posture(NamedTuple):
    """The vertical part of a motion, in subject units and degrees."""

    lift: float = 0.0
    tilt: float = 0.0
    stretch: float = 1.0
    pivot: float = 0.0
    shift: float = 0.0


RHYTHMS: dict[str, Rhythm] = {
    "run": Rhythm(1.2, 40, 56),
    "walk": Rhythm(0.7, 32, 42),
    "jump": Rhythm(0.55, 26, 34),
    "stand": Rhythm(0.5, 0, 0),
    "sit": Rhythm(0.4, 0, 0),
    "sleep": Rhythm(0.3, 0, 0),
    "fly": Rhythm(0.8, 40, 52),
    "swim": Rhythm(0.7, 36, 44),
    "spin": Rhythm(0.4, 0, 0),
    "wave": Rhythm(1.0, 0, 0),
    "dance": Rhythm(0.8, 0, 0),
}
_SWAY_FREQUENCY = 0.9
_JUMP_CROUCH = 0.12
"""Share of a jump's cycle spent on the ground."""

_BODY_CENTRE = 54.0
"""Height of a body's centre, around which it tilts in the air and in water."""

_EDGE_ON = 0.22
"""A body that turns around its upright axis is never narrower than this: paper has no edge to look at."""


def motion_at(scene: Scene, time_s: float) -> Motion:
    """The placement of the scene's subject at a time, before the camera moves."""
    action = scene.attributes.action
    rhythm = RHYTHMS[action]
    phase = (scene.phase + rhythm.frequency * time_s) % 1
    # A camera that follows keeps the subject where it starts, so it may start in the middle.
    lead = 0.3 * rhythm.lead if scene.attributes.camera == "pan" else rhythm.lead
    x = 256 + scene.offset_x + scene.facing * (rhythm.speed * time_s - lead)
    posture = _posture(scene, phase)
    sway = math.sin(TURN * (scene.unit_phase + _SWAY_FREQUENCY * time_s))
    turn = _turn(rhythm.frequency * time_s) if action == "spin" else 1.0
    return Motion(
        x + posture.shift,
        posture.lift,
        posture.tilt,
        posture.stretch,
        phase,
        sway,
        posture.pivot,
        turn,
    )


def _turn(turns: float) -> float:
    """The width of a body after so many turns around its upright axis: longest seen from its sides."""
    width = math.cos(TURN * turns)
    return math.copysign(max(_EDGE_ON, math.sqrt(abs(width))), width)


def _posture(scene: Scene, phase: float) -> Posture:
    """Lift, tilt and stretch at a phase of the scene's action."""
    action, wave = scene.attributes.action, math.sin(TURN * phase)
    if action == "run":
        return Posture(4 + 5 * abs(math.cos(TURN * phase)), 3 * math.cos(TURN * phase))
    if action == "walk":
        return Posture(1.5 * abs(wave))
    if action == "jump":
        return _jump(phase)
    if action == "fly":
        return Posture(40 + 5 * wave, -7 + 2 * wave)
    if action == "swim":
        if scene.attributes.place == "lake":
            return Posture(-13 + 2.5 * wave, 2 * wave)
        return Posture(30 + 6 * wave, -5 + 4 * math.cos(TURN * phase), pivot=_BODY_CENTRE)
    if action == "spin":
        return Posture(32, 360 * scene.phase, pivot=_BODY_CENTRE)
    if action == "dance":
        return Posture(9 * abs(wave), 11 * wave, shift=22 * wave)
    breath = {"sleep": 0.045, "wave": 0.0}.get(action, 0.02)
    return Posture(stretch=1 + breath * wave)


def _jump(phase: float) -> Posture:
    if phase < _JUMP_CROUCH:
        return Posture(stretch=1 - 0.12 * math.sin(math.pi * phase / _JUMP_CROUCH))
    flight = (phase - _JUMP_CROUCH) / (1 - _JUMP_CROUCH)
    return Posture(38 * 4 * flight * (1 - flight), -16 * math.cos(math.pi * flight))
