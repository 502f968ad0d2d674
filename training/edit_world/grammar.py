"""Instructions: templates with choices and slots, filled for an edit, in either language.

`[a|b|]` chooses one of its parts, `<a|b>` likewise and marks a verb, `{slot}` is filled by the language. Templates
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

_CHOICE = re.compile(r"([\[<])([^\[\]<>]*)[\]>]")
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
    return Wordings(tasks, sections["prefix"], sections["suffix"])


def choose_parts(template: str, rng: random.Random, unknown_verbs: float = 0.0) -> str:
    """Resolves every choice of a template; verbs are replaced by an unknown word at the given rate."""

    def resolve(match: re.Match[str]) -> str:
        if match[1] == "<" and rng.random() < unknown_verbs:
            return UNKNOWN
        return rng.choice(match[2].split("|"))

    while _CHOICE.search(template):
        template = _CHOICE.sub(resolve, template)
    return template


def fill(template: str, slots: Mapping[str, str]) -> str:
    """A template without choices, its slots filled and its spaces tidied."""
    return _SPACES.sub(" ", _SLOT.sub(lambda match: slots[match[1]], template)).strip()


def compose(
    speaker: Speaker,
    edit: Edit,
    rng: random.Random,
    split: Split = "train",
    unknown: float = 0.0,
) -> str:
    """One instruction for an edit, sometimes polite; `unknown` is how often words around its meaning are unknown."""
    template = rng.choice(speaker.WORDINGS.tasks[edit.task].templates(split, edit.value))
    template = choose_parts(template, rng, unknown / 2)
    if rng.random() < unknown:
        template = obscure(template, rng)
    text = dress(fill(template, speaker.slots(edit, rng, None)), speaker, rng)
    return f"{UNKNOWN} {text}" if rng.random() < unknown / 4 else text


def obscure(template: str, rng: random.Random) -> str:
    """Makes one word beside the slots unknown, or adds one, where enough is left to tell the task."""
    parts = template.split()
    plain = [index for index, part in enumerate(parts) if "{" not in part]
    names_value = bool(SLOT_KINDS["value"] & set(_SLOT.findall(template)))
    if len(plain) < (1 if names_value else 4):
        return template
    index = rng.choice(plain)
    parts[index : index + rng.randint(0, 1)] = [UNKNOWN]
    return " ".join(parts)


def dress(text: str, speaker: Speaker, rng: random.Random) -> str:
    """Adds a polite beginning or end now and then."""
    if rng.random() < PREFIX_RATE:
        text = f"{rng.choice(speaker.WORDINGS.prefixes)} {text}"
    if rng.random() < SUFFIX_RATE:
        text = f"{text} {rng.choice(speaker.WORDINGS.suffixes)}"
    return text


def compose_alien(speaker: Speaker, edit: Edit, rng: random.Random) -> str | None:
    """An instruction of the same form about something outside the world, or None where the template names nothing."""
    template = rng.choice(speaker.WORDINGS.tasks[edit.task].templates("train", None))
    text = choose_parts(template, rng)
    found = [kind for kind, names in SLOT_KINDS.items() if names & set(_SLOT.findall(text))]
    if not found:
        return None
    return dress(fill(text, speaker.slots(edit, rng, rng.choice(found))), speaker, rng)


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
