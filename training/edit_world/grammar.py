"""Instructions: templates with choices and slots, filled for an edit, in either language.

`[a|b|]` and `<a|b>` (of verbs) choose one of their parts, `$name` any line of the section of that name, `{slot}` is
filled by the language. A template that begins with `@form` is a part of speech (an imperative, a noun phrase, a
clause), said bare or within a frame of the section `form`: "_" is where it stands. Templates come in two sets:
`train`, and `held_out` wordings, on which nothing is trained or chosen and whose words the tokenizer does not know
unless training uses them too. Every fourteenth of the training lines is `development`: not trained on, to choose by.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Literal, Protocol

from training.edit_world.tasks import ANY, BY_NAME, HEADS, NOT_UNDERSTOOD, TASK_NAMES, TASKS, Edit
from training.world.captions import words

Language = Literal["en", "it"]
LANGUAGES: tuple[Language, ...] = ("en", "it")
Split = Literal["train", "development", "held_out"]

FOLDER = Path(__file__).parent / "wordings"
UNKNOWN = "\ufffd"
"""Stands for a word that the tokenizer does not know; no letter, so it must be split off by `tokens`."""

_CHOICE = re.compile(r"[\[<]([^\[\]<>]*)[\]>]")
SLOT = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r"\s+")
_MACRO = re.compile(r"\$\w+")
_FORM = re.compile(r"@(\w+) ")
FORMS = ("vp", "inf", "ger", "np", "subj", "past", "clause")


@dataclass(frozen=True)
class Wording:
    """The templates of one task; `special` ones belong to single values of its parameter."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special_held_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def templates(self, split: Split, value: str | None) -> tuple[str, ...]:
        """What may be said for a value in a split."""
        if split == "held_out":
            return (*self.held_out, *self.special_held_out.get(value or "", ()))
        return split_lines((*self.train, *self.special.get(value or "", ())), split)


@cache
def split_lines(lines: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """The lines of training, or every fourteenth, of development."""
    wanted = split == "development"
    return tuple(line for index, line in enumerate(lines) if (index % 14 == 7) == wanted)


@dataclass(frozen=True)
class Wordings:
    """Everything a language says: templates by task, polite beginnings and ends."""

    tasks: Mapping[str, Wording]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    frames: tuple[str, ...]
    fillers: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]
    openings: tuple[str, ...]
    closings: tuple[str, ...]


class Speaker(Protocol):
    """A language: its wordings and how it fills their slots."""

    WORDINGS: Wordings

    def slots(self, edit: Edit, rng: random.Random, alien: str | None) -> Mapping[str, str]:
        """Every slot's text. `alien` names the slot, "object" or "value", to fill from outside the world."""
        ...


def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """A file of `wordings/`: lines under headings "== heading"."""
    sections: dict[str, list[str]] = {}
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            current = sections.setdefault(line[3:].strip(), [])
        elif line.strip():
            current.append(line.strip())
    return {heading: tuple(found) for heading, found in sections.items()}


@cache
def read_language(name: str) -> dict[str, tuple[str, ...]]:
    """The sections of all of a language's files, `name.txt` and `name_*.txt`, their macros written out."""
    merged: dict[str, tuple[str, ...]] = {}
    for path in sorted(FOLDER.glob(f"{name}*.txt")):
        for heading, lines in read_sections(path.stem).items():
            merged[heading] = merged.get(heading, ()) + lines
    macros = {h: f"[{'|'.join(lines)}]" for h, lines in merged.items() if h.startswith("$")}
    return {
        heading: tuple(_MACRO.sub(lambda match: macros[match[0]], line) for line in lines)
        for heading, lines in merged.items()
        if heading not in macros
    }


def read_wordings(name: str) -> Wordings:
    """A language's templates. Headings are "<task> train|held_out [value]", those of frames, and "$macro"."""
    sections = read_language(name)

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
    return Wordings(
        tasks,
        sections["prefix"],
        sections["suffix"],
        sections["frame"],
        tuple(dict.fromkeys(" ".join(sections["filler"]).split())),
        {form: sections[form] for form in FORMS if form in sections},
        sections["opening"],
        sections["closing"],
    )


@cache
def _weights(templates: tuple[str, ...]) -> tuple[float, ...]:
    """Running sums of how often each template is said: the more ways it has, the more often."""
    return tuple(accumulate((1 + template.count("|")) ** 0.4 for template in templates))


def draw_template(templates: tuple[str, ...], rng: random.Random) -> str:
    """One of them, by weight."""
    return rng.choices(templates, cum_weights=_weights(templates))[0]


def choose_parts(template: str, rng: random.Random) -> str:
    """Resolves every choice of a template."""
    while _CHOICE.search(template):
        template = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    return template


def fill(template: str, slots: Mapping[str, str]) -> str:
    """A template without choices, its slots filled and its spaces tidied."""
    return _SPACES.sub(" ", SLOT.sub(lambda match: slots[match[1]], template)).strip()


def split_form(template: str) -> tuple[str | None, str]:
    """The form that a template names at its beginning, and the template."""
    match = _FORM.match(template)
    return (match[1], template[match.end() :]) if match else (None, template)


def expansions(template: str) -> list[str]:
    """Every way to make a template's choices."""
    match = _CHOICE.search(template)
    if match is None:
        return [template]
    ways = (template[: match.start()] + p + template[match.end() :] for p in match[1].split("|"))
    return [text for way in ways for text in expansions(way)]


def literals(templates: Iterable[str]) -> list[str]:
    """The words that templates say themselves, beside their slots."""
    text = " ".join(SLOT.sub(" ", split_form(template)[1]) for template in templates)
    return [word for piece in re.sub(r"[\[\]<>|_]", " ", text).split() for word in words(piece)]


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
