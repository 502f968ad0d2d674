"""The world's placements lead from a frame back to the key frame: what the motion of layers is taught is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from training.models.layer_motion import moved_by
from training.train.layer_maps import maps_between
from training.train.layer_motion import LayerBatch, distances
from training.train.pictures import to_tensor
from training.world.attributes import Attributes
from training.world.placement import placement
from training.world.render import render, subject_mask
from training.world.scene import Scene

BEAR = Attributes("bear", "red", "hill", "day", "clear", "run", "right", "none", "still")
TIMES = (0.5, 1.0, 2.25)
CENTRES = (torch.arange(64) + 0.5) / 64 * 2 - 1


def places_of(attributes: Attributes) -> Tensor:
    """Placements at time 0 and at `TIMES`, [4, 2, 2, 3]."""
    return torch.from_numpy(np.stack([placement(Scene(attributes, 7), t) for t in (0.0, *TIMES)]))


def split(places: Tensor) -> tuple[Tensor, Tensor]:
    """The key frame's placements and the later ones, as a batch of one."""
    return places[:1], places[None, 1:]


def errors(attributes: Attributes, layer: int, *, subject: bool) -> tuple[float, float]:
    """Squared error of the first frame moved as a layer, and of the first frame as it is, in or below the subject."""
    scene = Scene(attributes, 7)
    frames = to_tensor(np.stack([render(scene, t, size=64) for t in (0.0, *TIMES)]))
    covered = torch.from_numpy(np.stack([subject_mask(scene, t, size=64) for t in (0.0, *TIMES)]))
    later, first = covered[1:, None] > 127, covered[:1, None] > 127
    where = later if subject else ~later & ~first & (CENTRES[:, None] > 0.75)
    key = frames[:1].expand(3, -1, -1, -1)
    moved = moved_by(maps_between(*split(places_of(attributes)))[0], key, CENTRES).unflatten(
        1, (2, 3)
    )[:, layer]
    weight = where.float() / (3 * where.sum())
    return tuple(((made - frames[1:]).square() * weight).sum().item() for made in (moved, key))


@pytest.mark.parametrize("action", ["run", "walk", "jump", "fly", "swim", "spin"])
@pytest.mark.parametrize("direction", ["left", "right"])
def test_bodies_are_carried_along(action: str, direction: str) -> None:
    moved, copied = errors(replace(BEAR, action=action, direction=direction), 0, subject=True)
    assert moved < 0.6 * copied


@pytest.mark.parametrize("camera", ["pan", "zoom"])
def test_the_ground_moves_with_the_camera(camera: str) -> None:
    shown = replace(BEAR, place="city", camera=camera)
    moved, copied = errors(shown, 1, subject=False)
    assert moved < 0.6 * copied


def test_true_maps_are_nowhere_apart() -> None:
    places = places_of(replace(BEAR, action="spin", camera="zoom"))
    maps = maps_between(*split(places))
    batch = LayerBatch(torch.empty(0), torch.empty(0), torch.empty(0), *split(places))
    assert distances(maps, batch).max() < 1e-5
    assert distances(torch.eye(2, 3).expand_as(maps), batch).min() > 0.01
