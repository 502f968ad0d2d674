"""Composing instructions: a template filled for an edit, its words disturbed, framed, made polite.

Only the wordings of training are disturbed and framed. What the exam says is never said in training, whatever frames
lead to.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from training.edit_world.grammar import (
    SLOT,
    SLOT_KINDS,
    UNKNOWN,
    Speaker,
    Split,
    choose_parts,
    draw_template,
    expansions,
    fill,
    literals,
    split_form,
    split_lines,
    tokens,
)
from training.edit_world.tasks import Edit

PREFIX_RATE, SUFFIX_RATE = 0.35, 0.2
FRAMED_RATE, OPENING_RATE, CLOSING_RATE = 0.6, 0.06, 0.12
PLAIN_RATE = 0.4
"""How often a training instruction is neither disturbed nor framed, as most that people type are."""

LONGEST = 31
"""More words than this are never said: a frame or a beginning that leads there is left out."""


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
        saying = Saying.draw(speaker, edit.task, rng, noise)
        core = saying.core(chosen, sparing=special)
        text = saying.finished(core, speaker.slots(edit, rng, None))
        if text is not None:
            return text


def compose_plain(speaker: Speaker, edit: Edit, rng: random.Random) -> str:
    """A short training instruction: no frame, nothing polite."""
    templates = speaker.WORDINGS.tasks[edit.task].templates("train", edit.value)
    _form, template = split_form(draw_template(templates, rng))
    return fill(choose_parts(template, rng), speaker.slots(edit, rng, None))


def compose_alien(speaker: Speaker, edit: Edit, rng: random.Random, noise: float) -> str | None:
    """An instruction of the same form about something outside the world, or None where the template names nothing."""
    saying = Saying.draw(speaker, edit.task, rng, noise)
    templates = split_lines(speaker.WORDINGS.tasks[edit.task].train, "train")
    core = saying.core(draw_template(templates, rng))
    found = [kind for kind, names in SLOT_KINDS.items() if names & set(SLOT.findall(core[1]))]
    return saying.finished(core, speaker.slots(edit, rng, rng.choice(found))) if found else None


@dataclass(frozen=True)
class Saying:
    """How one training instruction comes about: parts chosen, words disturbed, framed, filled, made polite."""

    speaker: Speaker
    task: str
    rng: random.Random
    noise: float
    plain: bool

    @classmethod
    def draw(cls, speaker: Speaker, task: str, rng: random.Random, noise: float) -> Saying:
        """How the next one comes about: plainly, or with all that disturbs it."""
        plain = rng.random() < PLAIN_RATE
        return cls(speaker, task, rng, 0.0 if plain else noise, plain)

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
        if form is not None and not self.plain and rng.random() < FRAMED_RATE:
            longer = self._framed(wordings.forms[form], text)
        else:
            longer = dress(text, self.speaker, rng, self.noise)
        if is_held_out(self.speaker, self.task, longer):
            return None
        for rate, frames in (
            (OPENING_RATE, wordings.openings),
            (CLOSING_RATE, wordings.closings),
        ):
            if not self.plain and rng.random() < rate:
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
    names = set(SLOT.findall(template))
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


def dress(text: str, speaker: Speaker, rng: random.Random, noise: float = 0.0) -> str:
    """Adds a polite beginning or end now and then, and with noise sometimes another beginning."""
    if rng.random() < noise / 2:
        text = f"{rng.choice(speaker.WORDINGS.frames)} {text}"
    elif rng.random() < PREFIX_RATE:
        text = f"{rng.choice(speaker.WORDINGS.prefixes)} {text}"
    if rng.random() < SUFFIX_RATE:
        text = f"{text} {rng.choice(speaker.WORDINGS.suffixes)}"
    return text
