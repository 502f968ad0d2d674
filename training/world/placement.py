"""Where the subject's body and what is behind it lie in a picture, as affine maps: what layer motion learns from."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from training.world.actor import subject_size
from training.world.camera import view_at
from training.world.motion import motion_at
from training.world.scene import PICTURE_SIZE, Scene

Affine = npt.NDArray[np.float64]

DEPTHS = (1.0, 0.6, 0.25)
"""Depths of `Brush.layer` that are followed: the ground, houses and near hills, mountains and far hills."""


def affine(
    x: float, y: float, across: float = 1.0, along: float = 1.0, turn: float = 0.0
) -> Affine:
    """Turned by degrees, scaled, then shifted, as `Brush.placed` does: float64 [3, 3]."""
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return np.array(
        [[across * cosine, -across * sine, x], [along * sine, along * cosine, y], [0.0, 0.0, 1.0]]
    )


def placement(scene: Scene, time_s: float) -> npt.NDArray[np.float32]:
    """Maps from the coordinates of the subject's body and of each depth to the picture's, -1..1: float32 [4, 2, 3].

    The first depth is the ground, as near as the subject; what is far moves less when the camera pans.
    """
    motion, view, size = motion_at(scene, time_s), view_at(scene, time_s), subject_size(scene)
    half = PICTURE_SIZE / 2
    lens = affine(-1, -1, 1 / half, 1 / half) @ affine(
        view.shift_x, view.shift_y, view.scale, view.scale
    )
    depths = [lens @ affine(-view.pan * depth, 0) for depth in DEPTHS]
    height = scene.ground_y - (motion.lift + motion.pivot) * size
    across, along = size * scene.facing * motion.turn, size * motion.stretch
    body = affine(motion.x, height, across, along, motion.tilt) @ affine(0, motion.pivot)
    return np.stack([depths[0] @ body, *depths])[:, :2].astype(np.float32)
