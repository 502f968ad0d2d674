"""The camera: still, panning with the subject, or slowly zooming in on it."""

from __future__ import annotations

from typing import NamedTuple

from training.world.motion import RHYTHMS, motion_at
from training.world.scene import Scene

_PAN_SPEED = 24.0
"""Pixels per second past a subject that stays where it is."""

_ZOOM_SPEED = 0.09
"""Growth per second, as a share of the picture."""

_CENTRING_SPEED = 0.2
"""Share of the way to the middle that a zoomed subject is brought per second."""

_FOCUS_Y = 330.0


class View(NamedTuple):
    """What the camera shows: first everything scrolls by `pan`, then it is scaled and shifted."""

    pan: float = 0.0
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0


def view_at(scene: Scene, time_s: float) -> View:
    """The camera's view of a scene at a time; at time 0 every camera shows the same picture."""
    kind = scene.attributes.camera
    if kind == "pan":
        speed = RHYTHMS[scene.attributes.action].speed or _PAN_SPEED
        return View(pan=scene.facing * speed * time_s)
    if kind == "zoom":
        scale = 1 + _ZOOM_SPEED * time_s
        x = motion_at(scene, time_s).x
        shown_x = x + (256 - x) * min(1.0, _CENTRING_SPEED * time_s)
        return View(0.0, scale, shown_x - scale * x, _FOCUS_Y * (1 - scale))
    return View()
