"""Instructions: templates with choices and slots, filled for an edit, in either language.

`[a|b|]` and `<a|b>` (of verbs) choose one of their parts, `$name` any line of the section of that name, `{slot}` is
filled by the language. A template that begins with `@form` is a part of speech (an imperative, a noun phrase, a
clause), said bare or within a frame of the section `form`: "_" is where it stands. Templates come in two sets:
`train`, and `held_out` wordings, on which nothing is trained and whose words the tokenizer does not know unless
training uses them too.
"""

from __future__ import annotations

import random
import re
from collections import Counter
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
Split = Literal["train", "held_out"]

FOLDER = Path(__file__).parent / "wordings"
PREFIX_RATE, SUFFIX_RATE = 0.35, 0.2
FRAMED_RATE, OPENING_RATE, CLOSING_RATE = 0.6, 0.06, 0.12
LONGEST = 31
"""More words than this are never said: a frame or a beginning that leads there is left out."""

UNKNOWN = "\ufffd"
"""Stands for a word that the tokenizer does not know; no letter, so it must be split off by `tokens`."""

_CHOICE = re.compile(r"[\[<]([^\[\]<>]*)[\]>]")
_SLOT = re.compile(r"\{(\w+)\}")
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
    templates = wording.templates(split, edit.value)
    if split == "held_out":
        template = choose_parts(rng.choice(templates), rng)
        rng.random()  # keeps the exam what it was when templates of either split were drawn alike
        return dress(fill(template, speaker.slots(edit, rng, None)), speaker, rng)
    while True:
        chosen = draw_template(templates, rng)
        special = chosen in wording.special.get(edit.value or "", ())
        saying = Saying(speaker, edit.task, rng, noise)
        text = saying.finished(saying.core(chosen, sparing=special), speaker.slots(edit, rng, None))
        if text is not None:
            return text


def compose_plain(speaker: Speaker, edit: Edit, rng: random.Random) -> str:
    """A short training instruction: no frame, nothing polite."""
    templates = speaker.WORDINGS.tasks[edit.task].templates("train", edit.value)
    _form, template = split_form(draw_template(templates, rng))
    return fill(choose_parts(template, rng), speaker.slots(edit, rng, None))


def compose_alien(speaker: Speaker, edit: Edit, rng: random.Random, noise: float) -> str | None:
    """An instruction of the same form about something outside the world, or None where the template names nothing."""
    saying = Saying(speaker, edit.task, rng, noise)
    core = saying.core(draw_template(speaker.WORDINGS.tasks[edit.task].train, rng))
    found = [kind for kind, names in SLOT_KINDS.items() if names & set(_SLOT.findall(core[1]))]
    return saying.finished(core, speaker.slots(edit, rng, rng.choice(found))) if found else None


def split_form(template: str) -> tuple[str | None, str]:
    """The form that a template names at its beginning, and the template."""
    match = _FORM.match(template)
    return (match[1], template[match.end() :]) if match else (None, template)


@dataclass(frozen=True)
class Saying:
    """How one training instruction comes about: parts chosen, words disturbed, framed, filled, made polite."""

    speaker: Speaker
    task: str
    rng: random.Random
    noise: float

    def core(self, template: str, *, sparing: bool = False) -> tuple[str | None, str]:
        """The form and the text that carries the meaning, its slots still open."""
        form, text = split_form(template)
        text = choose_parts(text, self.rng)
        if self.rng.random() < self.noise:
            text = disturb(text, self.speaker, self.task, self.rng, sparing=sparing)
        return form, text

    def finished(self, core: tuple[str | None, str], slots: Mapping[str, str]) -> str | None:
        """The whole instruction, no longer than LONGEST words where the core is not; None for a held-out wording."""
        (form, text), rng = core, self.rng
        wordings = self.speaker.WORDINGS
        if form is not None and rng.random() < FRAMED_RATE:
            longer = self._framed(wordings.forms[form], text)
        else:
            longer = dress(text, self.speaker, rng, self.noise)
        if is_held_out(self.speaker, self.task, longer):
            return None
        for rate, frames in (
            (OPENING_RATE, wordings.openings),
            (CLOSING_RATE, wordings.closings),
        ):
            if rng.random() < rate:
                longer = self._framed(frames, longer)
        longer = fill(longer, slots)
        if len(tokens(longer)) <= LONGEST:
            return longer
        return None if is_held_out(self.speaker, self.task, text) else fill(text, slots)

    def _framed(self, frames: tuple[str, ...], text: str) -> str:
        frame = choose_parts(draw_template(frames, self.rng), self.rng)
        if self.rng.random() < self.noise / 2:
            frame = " ".join(
                word if word == "_" or self.rng.random() < 0.75 else UNKNOWN
                for word in frame.split()
            )
        return frame.replace("_", text)


_SKELETON = re.compile(r"\{\w+\}|[^\W_]+")


def skeleton(text: str) -> tuple[str, ...]:
    """The words and the open slots of a template whose choices are made."""
    return tuple(_SKELETON.findall(text.lower()))


def expansions(template: str) -> list[str]:
    """Every way to make a template's choices."""
    match = _CHOICE.search(template)
    if match is None:
        return [template]
    ways = (template[: match.start()] + p + template[match.end() :] for p in match[1].split("|"))
    return [text for way in ways for text in expansions(way)]


@cache
def _held_out(speaker: Speaker, task: str) -> Mapping[int, frozenset[tuple[str, ...]]]:
    """What the exam says for a task, by length, so that frames cannot lead training there by chance."""
    wording = speaker.WORDINGS.tasks[task]
    templates = (*wording.held_out, *(t for f in wording.special_held_out.values() for t in f))
    found = {skeleton(text) for template in templates for text in expansions(template)}
    return {n: frozenset(s for s in found if len(s) == n) for n in {len(s) for s in found}}


def is_held_out(speaker: Speaker, task: str, text: str) -> bool:
    """Whether a training text with open slots is a wording of the exam, or holds one of two words or more."""
    said = skeleton(text)
    for length, known in _held_out(speaker, task).items():
        for start in range(len(said) - length + 1):
            part = said[start : start + length]
            if part in known:
                spoken = sum(not word.startswith("{") for word in part)
                if length == len(said) or spoken >= 2:
                    return True
    return False


def disturb(
    template: str, speaker: Speaker, task: str, rng: random.Random, *, sparing: bool = False
) -> str:
    """Replaces, drops and adds words beside the slots: people word things as no list of templates foresees.

    What tells the task stays: values do, and where a template has none the words that are mostly this task's. `sparing`
    adds words only, and so does a template whose meaning hangs on small words ("from red to blue", "without a hat").
    """
    names = set(_SLOT.findall(template))
    sparing = sparing or "other" in names or task == "remove"
    valued = bool(names & SLOT_KINDS["value"])
    key = frozenset() if valued else key_words(speaker, task)
    strength = 0.0 if sparing else rng.choice((0.2, 0.5, 0.8, 1.0) if valued else (0.0, 0.2, 0.4))
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


@cache
def key_words(speaker: Speaker, task: str) -> frozenset[str]:
    """The words of a task's templates of which at least a quarter of all uses are this task's."""
    used = {name: _literals(speaker, name) for name in speaker.WORDINGS.tasks}
    totals = sum(used.values(), Counter())
    return frozenset(word for word, count in used[task].items() if 4 * count >= totals[word])


@cache
def _literals(speaker: Speaker, task: str) -> Counter[str]:
    wording = speaker.WORDINGS.tasks[task]
    return Counter(literals((*wording.train, *(t for f in wording.special.values() for t in f))))


def literals(templates: Iterable[str]) -> list[str]:
    """The words that templates say themselves, beside their slots."""
    text = " ".join(_SLOT.sub(" ", split_form(template)[1]) for template in templates)
    return [word for piece in re.sub(r"[\[\]<>|_]", " ", text).split() for word in words(piece)]


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
