"""How far pictures drift from what no turn should have changed, over several local edits."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from training.data.store import Pixels
from training.edit_world.grammar import LANGUAGES
from training.edit_world.instructions import say
from training.edit_world.pairs import EXAM_SEED_BASE, Pair
from training.edit_world.tasks import Edit, draw_edit
from training.evaluate.edit_exams import changed_pixels, full_size, unit
from training.evaluate.editing import Editing
from training.evaluate.threshold import keep_unchanged
from training.train.pictures import to_tensor
from training.world.attributes import Domain, sample_attributes

LOCAL_TASKS = ("recolour", "replace", "add", "remove")
TURNS = 5
WAYS = ("plain", "thresholded", "thresholded in latents")
"""Each turn's picture encoded again; the same with thresholding, as pictures are served; latents handed from turn to
turn and only their decoded frames thresholded, as clips are."""


@dataclass(frozen=True)
class Turn:
    """A scene before and after one of its edits, and what a user would say."""

    pair: Pair
    text: str


@dataclass(frozen=True)
class State:
    """A picture after some turns: uint8 [512, 512, 3] and the latents [1, 3, 64, 64] that the next turn edits."""

    picture: Pixels
    latents: Tensor


def draw_turns(domain: Domain, index: int) -> list[Turn]:
    """Local edits one after another of a scene of its own seed, languages in turn."""
    rng, turns = random.Random(f"drift/{index}"), []
    attributes = sample_attributes(rng, domain)
    for turn in range(TURNS):
        edit, target = draw_edit(rng, attributes, domain, LOCAL_TASKS)
        pair = Pair(attributes, target, edit, EXAM_SEED_BASE + index)
        turns.append(Turn(pair, say(edit, rng, LANGUAGES[turn % 2], "held_out")))
        attributes = target
    return turns


def encode(picture: Pixels) -> Tensor:
    """Latents [1, 3, 64, 64] of a picture."""
    return F.avg_pool2d(to_tensor(picture[None]), 8)


def take_turn(editing: Editing, state: State, turn: Turn, way: str, seed: int) -> State:
    """The state after one more edit."""
    made = editing.edit(state.latents, turn.text, (0.0,), seed=seed, told=turn.pair.edit)
    picture = editing.decode(made)[0]
    if way != "plain":
        picture = keep_unchanged(state.picture, picture, editing.decode(state.latents)[0])
    return State(picture, made if way == "thresholded in latents" else encode(picture))


def drift(editing: Editing, domain: Domain, count: int) -> list[str]:
    """Lines: where no turn's true edit changed anything, L1 to the first picture and the share of equal bytes."""
    errors = {way: np.zeros(TURNS) for way in WAYS}
    kept = {way: np.zeros(TURNS) for way in WAYS}
    for index in range(count):
        turns = draw_turns(domain, index)
        still = Pair(
            turns[0].pair.source, turns[0].pair.source, Edit("recolour"), EXAM_SEED_BASE + index
        )
        first = full_size(still, (0.0,), after=False)[0]
        states = dict.fromkeys(WAYS, State(first, encode(first)))
        untouched = np.ones(first.shape[:2], bool)
        for number, turn in enumerate(turns):
            before, after = (full_size(turn.pair, (0.0,), after=a) for a in (False, True))
            untouched &= ~changed_pixels(before, after)[0]
            for way in WAYS:
                states[way] = take_turn(editing, states[way], turn, way, seed=number)
                picture = states[way].picture
                errors[way][number] += (
                    np.abs(unit(picture) - unit(first)).mean(-1)[untouched].mean() / count
                )
                kept[way][number] += (picture == first).all(-1)[untouched].mean() / count
    return [
        f"drift after 1 to {TURNS} turns, {way}: "
        + " ".join(f"{value:.4f}" for value in errors[way])
        + "; bytes kept, per cent: "
        + " ".join(f"{100 * value:.1f}" for value in kept[way])
        for way in WAYS
    ]
