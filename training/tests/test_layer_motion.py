"""The world's placements lead from a frame back to the key frame: what the motion of layers is taught is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from training.models.layer_motion import LAYERS, moved_by
from training.train.interpolate import body_origins, carry_error, questions
from training.train.layer_maps import maps_between
from training.train.layer_motion import LayerBatch, distances
from training.train.pictures import to_tensor
from training.world.attributes import Attributes
from training.world.placement import DEPTHS, placement
from training.world.render import render, subject_mask
from training.world.scene import Scene

BEAR = Attributes("bear", "red", "hill", "day", "clear", "run", "right", "none", "still")
TIMES = (0.5, 1.0, 2.25)
CENTRES = (torch.arange(64) + 0.5) / 64 * 2 - 1


def places_of(attributes: Attributes) -> Tensor:
    """Placements at time 0 and at `TIMES`, [4, L, 2, 3]."""
    return torch.from_numpy(np.stack([placement(Scene(attributes, 7), t) for t in (0.0, *TIMES)]))


def split(places: Tensor) -> tuple[Tensor, Tensor]:
    """The key frame's placements and the later ones, as a batch of one."""
    return places[:1], places[None, 1:]


SUBJECT, GROUND, NEARER, FARTHER, COPIED = range(LAYERS + 1)


def errors(attributes: Attributes, layer: int) -> list[float]:
    """Squared error, where a layer is seen, of the first frame moved as each of the layers, and last as it is."""
    scene = Scene(attributes, 7)
    frames = to_tensor(np.stack([render(scene, t, size=64) for t in (0.0, *TIMES)]))
    covered = torch.from_numpy(np.stack([subject_mask(scene, t, size=64) for t in (0.0, *TIMES)]))
    subject, first = covered[1:, None] > 127, covered[:1, None] > 127
    down, across = torch.meshgrid(CENTRES, CENTRES, indexing="ij")
    above = scene.horizon / 256 - 1 - down
    # The subject faces right: what is to its left was in the picture before.
    far = (above > 0) & (above < 0.4) & (across < 0)
    where = (
        subject
        if layer == SUBJECT
        else ~(subject | first) & (far if layer > GROUND else down > 0.75)
    )
    key = frames[:1].expand(3, -1, -1, -1)
    maps = maps_between(*split(places_of(attributes)))[0]
    made = [*moved_by(maps, key, CENTRES).chunk(LAYERS, 1), key]
    weight = where.float() / (3 * where.sum())
    return [((picture - frames[1:]).square() * weight).sum().item() for picture in made]


@pytest.mark.parametrize("action", ["run", "walk", "jump", "fly", "swim", "spin"])
@pytest.mark.parametrize("direction", ["left", "right"])
def test_bodies_are_carried_along(action: str, direction: str) -> None:
    off = errors(replace(BEAR, action=action, direction=direction), SUBJECT)
    assert off[SUBJECT] < 0.6 * off[COPIED]


@pytest.mark.parametrize("camera", ["pan", "zoom"])
def test_the_ground_moves_with_the_camera(camera: str) -> None:
    shown = replace(BEAR, place="city", camera=camera)
    off = errors(shown, GROUND)
    assert off[GROUND] < 0.6 * off[COPIED]


@pytest.mark.parametrize(
    ("place", "layer"),
    [("city", NEARER), ("hill", NEARER), ("farm", NEARER), ("forest", FARTHER)],
)
def test_what_is_far_moves_less_when_the_camera_pans(place: str, layer: int) -> None:
    shown = replace(BEAR, place=place, camera="pan")
    off = errors(shown, layer)
    assert off[layer] < 0.6 * min(off[GROUND], off[COPIED])


def test_a_zoom_brings_everything_closer_alike() -> None:
    maps = maps_between(*split(places_of(replace(BEAR, camera="zoom"))))
    assert torch.equal(maps[:, :, GROUND], maps[:, :, FARTHER])


def test_every_depth_of_the_world_is_a_layer() -> None:
    assert LAYERS == 1 + len(DEPTHS) == len(places_of(BEAR)[0])


def test_true_maps_are_nowhere_apart() -> None:
    places = places_of(replace(BEAR, action="spin", camera="zoom"))
    maps = maps_between(*split(places))
    batch = LayerBatch(torch.empty(0), torch.empty(0), torch.empty(0), *split(places))
    assert distances(maps, batch).max() < 1e-5
    assert distances(torch.eye(2, 3).expand_as(maps), batch).min() > 0.01


def test_the_interpolator_is_told_where_bodies_were() -> None:
    scene = Scene(replace(BEAR, action="jump"), 7)
    window = np.stack([placement(scene, index / 16) for index in range(13)])
    masks = np.stack([subject_mask(scene, index / 16, size=64) for index in range(13)])
    asked = [question for rows in questions().values() for question in rows]
    origins = body_origins(np.stack([window] * len(asked)), asked, CENTRES)
    wanted = torch.from_numpy(masks[[question.target for question in asked]])[:, None].float()
    for index in (1, 2):
        neighbours = masks[[question.neighbours[index] for question in asked]]
        found = torch.nn.functional.grid_sample(
            torch.from_numpy(neighbours)[:, None].float(), origins[:, index], align_corners=False
        )
        assert (found - wanted).abs().mean() < 0.35 * (found - wanted.roll(1, 0)).abs().mean()
    known = torch.tensor(
        [[float(n is not None) for n in question.neighbours] for question in asked]
    )
    position = torch.tensor([question.position for question in asked])
    rest = (wanted[:, 0] / 255, known, position)
    still = torch.stack(torch.meshgrid(CENTRES, CENTRES, indexing="xy"), -1).expand_as(origins)
    assert carry_error(origins, origins, *rest).max() == 0
    assert carry_error(still, origins, *rest).max() > 1 / 32
