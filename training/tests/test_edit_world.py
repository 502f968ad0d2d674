"""Edits change what they name and nothing else; styles are functions of the picture."""

import random
from dataclasses import asdict, replace

import numpy as np
import pytest

from training.data.store import area_average
from training.edit_world.pairs import Pair, draw_pair, draw_times
from training.edit_world.styles import apply_style
from training.edit_world.tasks import (
    DRAWN_TASKS,
    EDIT_DOMAINS,
    HEADS,
    STYLES,
    VALUES,
    Edit,
    draw_edit,
    edited,
)
from training.world.attributes import Attributes, is_held_out, is_sensible, sample_attributes
from training.world.render import render, subject_mask
from training.world.scene import Scene

RED_DOG = Attributes("dog", "red", "hill", "day", "clear", "run", "right", "none", "still")
DOMAINS = pytest.mark.parametrize("domain", list(EDIT_DOMAINS))


@DOMAINS
def test_drawn_edits_change_one_attribute_and_stay_in_the_world(domain: str) -> None:
    rng, seen = random.Random(0), set()
    for _ in range(800):
        source = sample_attributes(rng, EDIT_DOMAINS[domain])
        edit, target = draw_edit(rng, source, EDIT_DOMAINS[domain])
        changed = [k for k, v in asdict(target).items() if v != asdict(source)[k]]
        assert len(changed) == (0 if edit.task == "style" else 1), (edit, changed)
        assert is_sensible(target) and edit.key in VALUES
        seen.add(edit.task)
    assert seen == set(DRAWN_TASKS)


def test_edits_that_change_nothing_do_not_exist() -> None:
    assert edited(RED_DOG, Edit("recolour", "red")) is None
    assert edited(RED_DOG, Edit("remove", "hat")) is None
    assert edited(replace(RED_DOG, accessory="hat"), Edit("add", "scarf")) is None
    assert edited(replace(RED_DOG, accessory="hat"), Edit("remove", "any")) == RED_DOG
    assert edited(replace(RED_DOG, place="desert"), Edit("weather", "snow")) is None


def test_pairs_avoid_held_out_combinations_before_the_edit() -> None:
    rng = random.Random(1)
    for _ in range(200):
        pair = draw_pair(rng, EDIT_DOMAINS["first"], 0)
        assert not is_held_out(pair.source)


def test_a_recoloured_pair_differs_on_the_subject_alone() -> None:
    pair = Pair(RED_DOG, replace(RED_DOG, colour="blue"), Edit("recolour", "blue"), 5)
    before, after = (pair.latents([0.0, 1.5], after=a).astype(int) for a in (False, True))
    changed = np.abs(before - after).max(-1) > 2
    masks = pair.masks([0.0, 1.5]) > 0
    assert changed.any() and masks.shape == (2, 64, 64)
    near = np.stack(
        [
            area_average(np.repeat(np.repeat(m[..., None], 2, 0), 2, 1).astype(np.uint8), 2)
            for m in masks
        ]
    )
    assert (changed & ~(near[..., 0] > 0)).mean() < 0.01


def test_moments_of_a_row_are_key_frames_in_order() -> None:
    times = draw_times(random.Random(2))
    assert times == sorted(set(times)) and all(t * 4 == int(t * 4) and 0 <= t <= 4 for t in times)


@pytest.mark.parametrize("style", STYLES)
def test_styles_are_pure_keep_the_shape_and_change_the_picture(style: str) -> None:
    picture = render(Scene(RED_DOG, 1), 0.0, 128)
    made = apply_style(picture, style)
    assert made.shape == picture.shape and made.dtype == np.uint8
    assert np.array_equal(made, apply_style(picture, style))
    assert np.abs(made.astype(int) - picture).mean() > 8


def test_styles_look_alike_at_every_size() -> None:
    for style in STYLES:
        large, small = (render(Scene(RED_DOG, 1), 0.0, size) for size in (512, 128))
        one = area_average(apply_style(large, style), 8).astype(int)
        other = area_average(apply_style(small, style), 2)
        assert np.abs(one - other).mean() < 6, style


def test_grey_styles_have_no_colour_and_night_vision_is_green() -> None:
    picture = render(Scene(RED_DOG, 1), 0.0, 128)
    assert np.ptp(apply_style(picture, "black_and_white"), -1).max() <= 1
    green = apply_style(picture, "night_vision").reshape(-1, 3).mean(0)
    assert green[1] > 2 * green[0] and green[1] > 2 * green[2]


def test_weather_and_accessories_share_the_layout() -> None:
    hat = replace(RED_DOG, accessory="hat")
    plain, worn = (render(Scene(a, 5), 0, 64).astype(int) for a in (RED_DOG, hat))
    assert 0.002 < (np.abs(plain - worn).max(-1) > 12).mean() < 0.12
    assert subject_mask(Scene(hat, 5), 0).sum() > subject_mask(Scene(RED_DOG, 5), 0).sum()


def test_every_value_has_a_row() -> None:
    assert len(VALUES) == len(set(VALUES)) == sum(map(len, HEADS.values()))
