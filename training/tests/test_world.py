"""The world draws what it is asked, always the same, and its captions are right."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from training.world import lexicon_italian
from training.world.attributes import (
    ACTIONS,
    CAMERAS,
    COLOURS,
    FIRST_DOMAIN,
    FULL_DOMAIN,
    PLACES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    Attributes,
    Domain,
    is_held_out,
    is_sensible,
    sample_attributes,
)
from training.world.motion import motion_at
from training.world.render import Pixels, render, subject_mask
from training.world.scene import Scene

RED_DOG = Attributes("dog", "red", "hill", "day", "clear", "run", "right", "none", "still")
DOMAINS = pytest.mark.parametrize("domain", [FIRST_DOMAIN, FULL_DOMAIN], ids=["first", "full"])


def drawn(domain: Domain, count: int, seed: int = 0) -> list[Attributes]:
    """Sampled attributes of a domain."""
    rng = random.Random(seed)
    return [sample_attributes(rng, domain) for _ in range(count)]


def every_value() -> list[Attributes]:
    """Scenes in which every subject does every action, and every place sees every weather."""
    actions = [
        replace(
            RED_DOG, subject=subject, action=action, place="lake" if action == "swim" else "hill"
        )
        for subject in SUBJECTS
        for action in ACTIONS
    ]
    places = [
        replace(RED_DOG, place=place, time=time, weather=weather, colour=COLOURS[i % 10])
        for i, place in enumerate(PLACES)
        for time in TIMES
        for weather in WEATHERS
    ]
    return actions + places


@DOMAINS
def test_samples_are_sensible_and_of_the_domain(domain: Domain) -> None:
    for attributes in drawn(domain, 2000):
        assert is_sensible(attributes)
        assert domain.contains(attributes)


@DOMAINS
def test_samples_take_every_value(domain: Domain) -> None:
    samples = drawn(domain, 3000)
    for name in ("subject", "colour", "place", "time", "weather", "action", "camera"):
        assert {getattr(a, name) for a in samples} == set(getattr(domain, name))


def test_nine_percent_of_triples_are_held_out() -> None:
    triples = [
        replace(RED_DOG, subject=subject, colour=colour, place=place)
        for subject in SUBJECTS
        for colour in COLOURS
        for place in PLACES
    ]
    share = sum(map(is_held_out, triples)) / len(triples)
    assert 0.08 < share < 0.1


def test_held_out_depends_on_nothing_but_the_triple() -> None:
    for attributes in drawn(FULL_DOMAIN, 200):
        twin = replace(attributes, action="stand", time="day", direction="left", camera="zoom")
        assert is_held_out(twin) == is_held_out(attributes)


@DOMAINS
def test_rendering_is_a_pure_function(domain: Domain) -> None:
    for seed, attributes in enumerate(drawn(domain, 12)):
        scene = Scene(attributes, seed)
        late = render(scene, 3.1, 64)
        early = render(scene, 0.0, 64)
        assert np.array_equal(early, render(Scene(attributes, seed), 0.0, 64))
        assert np.array_equal(late, render(Scene(attributes, seed), 3.1, 64))


def test_seeds_give_different_layouts() -> None:
    assert not np.array_equal(render(Scene(RED_DOG, 1), 0, 64), render(Scene(RED_DOG, 2), 0, 64))


def test_twins_share_the_background() -> None:
    red, blue = (render(Scene(replace(RED_DOG, colour=c), 5), 0, 64) for c in ("red", "blue"))
    outside = subject_mask(Scene(RED_DOG, 5), 0) == 0
    assert np.array_equal(red[outside], blue[outside])
    assert not np.array_equal(red, blue)


@pytest.mark.parametrize("seed", range(8))
def test_the_sun_stands_ahead_of_the_subject(seed: int) -> None:
    right, left = (
        render(Scene(replace(RED_DOG, direction=direction), seed), 0.0, size=128)
        for direction in ("right", "left")
    )

    def yellow(picture: Pixels) -> Pixels:
        red, green, blue = (picture[:48, :, i].astype(int) for i in range(3))
        return (red > 240) & (green > 220) & (blue < 140)

    assert yellow(right)[:, 64:].sum() > 20 * (1 + yellow(right)[:, :64].sum())
    assert yellow(left)[:, :64].sum() > 20 * (1 + yellow(left)[:, 64:].sum())


def test_sizes_and_types() -> None:
    scene = Scene(RED_DOG, 0)
    assert render(scene, 0.0).shape == (512, 512, 3)
    picture, mask = render(scene, 0.0, 256), subject_mask(scene, 0.0)
    assert picture.dtype == mask.dtype == np.uint8
    assert picture.shape == (256, 256, 3) and mask.shape == (64, 64)
    assert picture.flags["C_CONTIGUOUS"] and mask.flags["C_CONTIGUOUS"]


def test_every_value_is_drawn_with_the_subject_in_the_picture() -> None:
    for seed, attributes in enumerate(every_value()):
        scene = Scene(attributes, seed)
        picture, covered = render(scene, 0.0, 32), subject_mask(scene, 0.0) > 128
        assert picture.std() > 8, attributes
        assert 0.07 < covered.mean() < 0.45, attributes
        rows, columns = np.nonzero(covered)
        assert 12 < columns.mean() < 52 and 16 < rows.mean() < 56, attributes


def test_the_mask_is_where_the_subject_is() -> None:
    scene = Scene(RED_DOG, 3)
    picture, mask = render(scene, 0.0, 64).astype(int), subject_mask(scene, 0.0)
    redness = picture[..., 0] - picture[..., 1:].mean(-1)
    assert redness[mask > 250].mean() > redness[mask == 0].mean() + 60


@pytest.mark.parametrize("direction", ["right", "left"])
def test_runners_travel_where_they_face(direction: str) -> None:
    scene = Scene(replace(RED_DOG, direction=direction), 4)

    def middle(time_s: float) -> float:
        return float(np.nonzero(subject_mask(scene, time_s) > 128)[1].mean())

    travel = middle(1.5) - middle(0.0)
    assert travel > 4 if direction == "right" else travel < -4


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_moves(action: str) -> None:
    place = "lake" if action == "swim" else "farm"
    for subject in SUBJECTS:
        scene = Scene(replace(RED_DOG, subject=subject, action=action, place=place), 1)
        before, after = subject_mask(scene, 0.0).astype(int), subject_mask(scene, 0.75)
        if (subject, action) != ("car", "sit"):
            assert np.abs(before - after).max() > 20, subject


def test_cameras_agree_at_first_and_differ_later() -> None:
    standing = replace(RED_DOG, action="stand")
    scenes = [Scene(replace(standing, camera=camera), 2) for camera in CAMERAS]
    first = [render(scene, 0.0, 64) for scene in scenes]
    later = [render(scene, 3.0, 64).astype(int) for scene in scenes]
    assert np.array_equal(first[0], first[1]) and np.array_equal(first[0], first[2])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(later[i] - later[j]).mean() > 4


def test_the_lexicon_covers_every_value() -> None:
    assert set(lexicon_italian.NOUNS) == set(SUBJECTS)
    assert set(lexicon_italian.PLACES) == set(PLACES)
    assert set(lexicon_italian.VERBS) == set(ACTIONS)


def test_who_spins_turns_around_its_upright_axis() -> None:
    scene = Scene(replace(RED_DOG, action="spin"), 3)
    moments = [motion_at(scene, index / 16) for index in range(65)]
    assert (moments[0].turn, moments[20].turn) == (1, -1)
    assert min(abs(moment.turn) for moment in moments) >= 0.2
    assert len({moment.tilt for moment in moments}) == 1
    assert {motion_at(Scene(RED_DOG, 3), index / 4).turn for index in range(17)} == {1}
