"""Instructions with their meanings: what the task predictor and the editor are trained and examined on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from training.edit_world.composing import compose
from training.edit_world.foreign import SPEAKERS, draw_foreign, draw_language, written
from training.edit_world.grammar import (
    FOLDER,
    LANGUAGES,
    Language,
    Split,
    draw_any_edit,
)
from training.edit_world.tasks import NOT_UNDERSTOOD, TASK_NAMES, Edit
from training.paths import run_folder
from training.tokenizer import Tokenizer, load_tokenizer

FOREIGN_SHARE = 0.33
NOISE = 0.7


@dataclass(frozen=True)
class Instruction:
    """A text and what it asks for; a foreign one asks for `not_understood`."""

    text: str
    edit: Edit
    language: Language


def draw_instruction(
    rng: random.Random, foreign_share: float = FOREIGN_SHARE, noise: float = NOISE
) -> Instruction:
    """A training instruction of either language, valid or foreign."""
    language = draw_language(rng)
    if rng.random() < foreign_share:
        return Instruction(draw_foreign(rng, language, noise), Edit(NOT_UNDERSTOOD), language)
    edit = draw_any_edit(rng)
    return Instruction(say(edit, rng, language, noise=noise), edit, language)


def say(
    edit: Edit,
    rng: random.Random,
    language: Language,
    split: Split = "train",
    noise: float = 0.0,
) -> str:
    """One wording of an edit."""
    return compose(SPEAKERS[language], edit, rng, split, noise)


def valid_exam(count: int, seed: int, split: Split = "held_out") -> list[Instruction]:
    """Valid instructions, languages in turn, every task equally often."""
    rng, made = random.Random(seed), []
    tasks = [name for name in TASK_NAMES if name != NOT_UNDERSTOOD]
    for index in range(count):
        language = LANGUAGES[index % len(LANGUAGES)]
        edit = draw_any_edit(rng, (tasks[index // len(LANGUAGES) % len(tasks)],))
        made.append(Instruction(say(edit, rng, language, split), edit, language))
    return made


def foreign_exam(split: Split = "held_out") -> list[Instruction]:
    """The hand-written foreign instructions of one half, both languages."""
    return [
        Instruction(text, Edit(NOT_UNDERSTOOD), language)
        for language in LANGUAGES
        for text in written(language, split)
    ]


@cache
def edit_words() -> tuple[str, ...]:
    """The words an editor knows, as `vocabulary.py` chose them once: wordings may change, networks keep their words."""
    return tuple((FOLDER / "vocabulary.txt").read_text(encoding="utf-8").split())


def edit_tokenizer(run: str) -> Tokenizer:
    """The tokenizer of a run that reads instructions, made at its first start and kept beside its checkpoint."""
    folder = run_folder(run) / "tokenizer"
    if not folder.exists():
        Tokenizer(edit_words()).save(folder)
    return load_tokenizer(folder)
