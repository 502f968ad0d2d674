"""What the editor is examined on: the world's exact pairs with instructions worded as never in training."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from training.data.render import CLIP_FPS, CLIP_FRAMES, STILL_SIZE
from training.data.store import Pixels
from training.edit_world.grammar import LANGUAGES
from training.edit_world.instructions import say
from training.edit_world.pairs import EXAM_SEED_BASE, Pair
from training.edit_world.tasks import BY_NAME, DRAWN_TASKS, STYLES, Edit, draw_edit
from training.train.pictures import to_tensor
from training.world.attributes import Domain, is_sensible, sample_attributes

KEY_FRAMES = (0, 5, 10, 15)
"""Key frames at which clips are compared where one picture does not tell; a picture is the first."""

WHOLE_CLIP = tuple(range(CLIP_FRAMES))
"""Every key frame of a clip: what an edit of a served clip changes at once."""

CHANGED = 3 / 255
"""A pixel of the world's own edit counts as changed where a channel differs by more."""


@dataclass(frozen=True)
class Exam:
    """One pair, an instruction for it in one language, and the key frames it is shown at."""

    pair: Pair
    language: str
    text: str
    key_frames: tuple[int, ...]

    @property
    def times(self) -> tuple[float, ...]:
        """Seconds of the key frames."""
        return tuple(index / CLIP_FPS for index in self.key_frames)

    def pictures(self, *, after: bool) -> Pixels:
        """The world's own at full size, uint8 [T, 512, 512, 3]."""
        return full_size(self.pair, self.times, after=after)


def draw_exams(domain: Domain, task: str, count: int, *, clips: bool = False) -> list[Exam]:
    """Pairs of one task on seeds of their own, languages in turn.

    With `clips` whole clips; otherwise pictures, and a few key frames where one picture does not tell.
    """
    rng, exams = random.Random(f"exam/{task}"), []
    while len(exams) < count:
        source = sample_attributes(rng, domain)
        if task == "remove" and source.accessory == "none":
            continue
        if task == "add":
            source = replace(source, accessory="none")
        edit, target = draw_edit(rng, source, domain, (task,))
        seed = EXAM_SEED_BASE + 1000 * DRAWN_TASKS.index(task) + len(exams)
        language = LANGUAGES[len(exams) % len(LANGUAGES)]
        shown = KEY_FRAMES if BY_NAME[task].clip_only else KEY_FRAMES[:1]
        shown = WHOLE_CLIP if clips else shown
        text = say(edit, rng, language, "held_out")
        exams.append(Exam(Pair(source, target, edit, seed), language, text, shown))
    return exams


def full_size(pair: Pair, times: tuple[float, ...], *, after: bool) -> Pixels:
    """The world's pictures before or after an edit, uint8 [T, 512, 512, 3]."""
    return np.stack([pair.frame(t, after=after, size=STILL_SIZE) for t in times])


def changed_pixels(source: Pixels, truth: Pixels) -> np.ndarray:
    """Where the world's own edit changes pictures uint8 [T, H, W, 3]; bool [T, H, W]."""
    return np.abs(unit(truth) - unit(source)).max(-1) > CHANGED


def unit(pixels: Pixels) -> np.ndarray:
    """Bytes as float32 in 0..1."""
    return pixels.astype(np.float32) / 255


def twins(exam: Exam, domain: Domain) -> Iterator[tuple[str, np.ndarray]]:
    """The same scene with every value that the edited attribute may have, as latents uint8 [T, 64, 64, 3]."""
    pair, times = exam.pair, list(exam.times)
    if pair.edit.task == "style":
        yield "none", pair.latents(times, after=False)
        for style in STYLES:
            yield style, replace(pair, edit=Edit("style", style)).latents(times, after=True)
        return
    name = BY_NAME[pair.edit.task].head or ""
    for value in getattr(domain, name):
        twin = replace(pair.target, **{name: value})
        if is_sensible(twin):
            yield value, replace(pair, source=twin).latents(times, after=False)


def wanted_value(pair: Pair) -> str:
    """The value that the nearest twin of a good edit has."""
    name = BY_NAME[pair.edit.task].head or ""
    return pair.edit.value or "" if pair.edit.task == "style" else getattr(pair.target, name)


def nearest(exam: Exam, domain: Domain, latents: Tensor) -> str:
    """The value of the twin closest to edited latents [T, 3, 64, 64], by mean absolute difference."""
    distances = {
        value: (to_tensor(twin) - latents).abs().mean().item()
        for value, twin in twins(exam, domain)
    }
    return min(distances, key=distances.__getitem__)
