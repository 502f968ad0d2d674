"""Instructions: templates with choices and slots, filled for an edit, in either language.

`[a|b|]` and `<a|b>` (of verbs) choose one of their parts, `{slot}` is filled by the language. Templates
come in two sets: `train`, and `held_out` wordings, on which nothing is trained and whose words the tokenizer does not
know unless training uses them too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from training.edit_world.tasks import ANY, BY_NAME, HEADS, NOT_UNDERSTOOD, TASK_NAMES, TASKS, Edit
from training.world.captions import words

Language = Literal["en", "it"]
LANGUAGES: tuple[Language, ...] = ("en", "it")
Split = Literal["train", "held_out"]

FOLDER = Path(__file__).parent / "wordings"
PREFIX_RATE, SUFFIX_RATE = 0.35, 0.2
UNKNOWN = "\ufffd"
"""Stands for a word that the tokenizer does not know; no letter, so it must be split off by `tokens`."""

_CHOICE = re.compile(r"[\[<]([^\[\]<>]*)[\]>]")
_SLOT = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Wording:
    """The templates of one task; `special` ones belong to single values of its parameter."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special_held_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def templates(self, split: Split, value: str | None) -> tuple[str, ...]:
        """What may be said for a value in a split."""
        general, special = (
            (self.train, self.special)
            if split == "train"
            else (self.held_out, self.special_held_out)
        )
        return (*general, *special.get(value or "", ()))


@dataclass(frozen=True)
class Wordings:
    """Everything a language says: templates by task, polite beginnings and ends."""

    tasks: Mapping[str, Wording]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    frames: tuple[str, ...]
    fillers: tuple[str, ...]


class Speaker(Protocol):
    """A language: its wordings and how it fills their slots."""

    WORDINGS: Wordings

    def slots(self, edit: Edit, rng: random.Random, alien: str | None) -> Mapping[str, str]:
        """Every slot's text. `alien` names the slot, "object" or "value", to fill from outside the world."""
        ...


@cache
def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """A file of `wordings/`: lines under headings "== heading"."""
    sections: dict[str, list[str]] = {}
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            current = sections.setdefault(line[3:].strip(), [])
        elif line.strip():
            current.append(line.strip())
    return {heading: tuple(found) for heading, found in sections.items()}


def read_wordings(name: str) -> Wordings:
    """A language's templates. Headings are "<task> train|held_out [value]", "prefix" and "suffix"."""
    sections = read_sections(name)

    def special(task: str, split: str) -> dict[str, tuple[str, ...]]:
        start = f"{task} {split} "
        return {h.removeprefix(start): t for h, t in sections.items() if h.startswith(start)}

    tasks = {
        task: Wording(
            sections[f"{task} train"],
            sections[f"{task} held_out"],
            special(task, "train"),
            special(task, "held_out"),
        )
        for task in TASK_NAMES
        if task != NOT_UNDERSTOOD
    }
    fillers = tuple(" ".join(sections["filler"]).split())
    return Wordings(tasks, sections["prefix"], sections["suffix"], sections["frame"], fillers)


def choose_parts(template: str, rng: random.Random) -> str:
    """Resolves every choice of a template."""
    while _CHOICE.search(template):
        template = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    return template


def fill(template: str, slots: Mapping[str, str]) -> str:
    """A template without choices, its slots filled and its spaces tidied."""
    return _SPACES.sub(" ", _SLOT.sub(lambda match: slots[match[1]], template)).strip()


def compose(
    speaker: Speaker,
    edit: Edit,
    rng: random.Random,
    split: Split = "train",
    noise: float = 0.0,
) -> str:
    """One instruction for an edit, sometimes polite; at the rate `noise` the words around its meaning are disturbed."""
    wording = speaker.WORDINGS.tasks[edit.task]
    chosen = rng.choice(wording.templates(split, edit.value))
    template = choose_parts(chosen, rng)
    if rng.random() < noise:
        special = chosen in wording.special.get(edit.value or "", ())
        template = disturb(template, speaker, edit.task, rng, sparing=special)
    return dress(fill(template, speaker.slots(edit, rng, None)), speaker, rng, noise)


def compose_alien(speaker: Speaker, edit: Edit, rng: random.Random, noise: float) -> str | None:
    """An instruction of the same form about something outside the world, or None where the template names nothing."""
    template = rng.choice(speaker.WORDINGS.tasks[edit.task].train)
    text = choose_parts(template, rng)
    found = [kind for kind, names in SLOT_KINDS.items() if names & set(_SLOT.findall(text))]
    if not found:
        return None
    if rng.random() < noise:
        text = disturb(text, speaker, edit.task, rng)
    found = [kind for kind, names in SLOT_KINDS.items() if names & set(_SLOT.findall(text))]
    return dress(fill(text, speaker.slots(edit, rng, rng.choice(found))), speaker, rng, noise)


def disturb(
    template: str, speaker: Speaker, task: str, rng: random.Random, *, sparing: bool = False
) -> str:
    """Replaces, drops and adds words beside the slots: people word things as no list of templates foresees.

    What tells the task stays: values do, and where a template has none the words that few tasks use. `sparing` adds
    words only, and so does a template whose meaning hangs on small words ("from red to blue").
    """
    names = set(_SLOT.findall(template))
    sparing = sparing or "other" in names
    key = frozenset() if names & SLOT_KINDS["value"] else key_words(speaker, task)
    strength = 0.0 if sparing else rng.choice((0.2, 0.5, 0.8, 1.0))
    parts = []
    for part in template.split():
        if "{" in part or part in key or rng.random() >= strength:
            parts.append(part)
        elif rng.random() < 0.75:
            parts.append(_odd_word(speaker, rng))
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        parts.insert(rng.randint(0, len(parts)), _odd_word(speaker, rng))
    return " ".join(parts)


def _odd_word(speaker: Speaker, rng: random.Random) -> str:
    return UNKNOWN if rng.random() < 0.45 else rng.choice(speaker.WORDINGS.fillers)


def key_words(speaker: Speaker, task: str) -> frozenset[str]:
    """The words of a task's templates that at most one other task uses."""
    used = {name: _literals(speaker, name) for name in speaker.WORDINGS.tasks}
    return frozenset(
        word for word in used[task] if sum(word in found for found in used.values()) <= 2
    )


@cache
def _literals(speaker: Speaker, task: str) -> frozenset[str]:
    wording = speaker.WORDINGS.tasks[task]
    templates = (*wording.train, *(t for found in wording.special.values() for t in found))
    text = " ".join(_SLOT.sub(" ", template) for template in templates)
    return frozenset(re.sub(r"[\[\]<>|]", " ", text).split())


def dress(text: str, speaker: Speaker, rng: random.Random, noise: float = 0.0) -> str:
    """Adds a polite beginning or end now and then, and with noise sometimes another beginning."""
    if rng.random() < noise / 2:
        text = f"{rng.choice(speaker.WORDINGS.frames)} {text}"
    elif rng.random() < PREFIX_RATE:
        text = f"{rng.choice(speaker.WORDINGS.prefixes)} {text}"
    if rng.random() < SUFFIX_RATE:
        text = f"{text} {rng.choice(speaker.WORDINGS.suffixes)}"
    return text


SLOT_KINDS: dict[str, frozenset[str]] = {
    "object": frozenset({"it", "its", "noun", "al", "del", "sul", "dal", "col"}),
    "value": frozenset(
        {
            "v",
            "vm",
            "np",
            "adv",
            "adj",
            "a_v",
            "the_v",
            "bare",
            "base",
            "ger",
            "fin",
            "subj",
            "past",
            "in_v",
        }
    ),
}
"""Which slots speak of the object that is edited, and which of the value that it gets."""


def draw_any_edit(rng: random.Random, tasks: Sequence[str] | None = None) -> Edit:
    """Any edit of the whole world, each task as often as any other."""
    names = tasks or [task.name for task in TASKS if task.name != NOT_UNDERSTOOD]
    task = BY_NAME[rng.choice(names)]
    if task.head is None:
        return Edit(task.name)
    values = [v for v in HEADS[task.head] if not (task.name == "add" and v == ANY)]
    return Edit(task.name, rng.choice(values))


def tokens(text: str) -> list[str]:
    """The words of an instruction; UNKNOWN stays a word of its own."""
    return [
        word
        for piece in re.split(f"({UNKNOWN})", text)
        for word in ([piece] if piece == UNKNOWN else words(piece))
    ]
