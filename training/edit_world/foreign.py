"""Instructions to refuse: hand-written ones in two halves, and others made from captions, negations and nonsense."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import ModuleType

from training.edit_world import english, italian
from training.edit_world.composing import compose, compose_alien, compose_plain, dress
from training.edit_world.grammar import (
    LANGUAGES,
    UNKNOWN,
    Language,
    Split,
    draw_any_edit,
    read_language,
    split_lines,
    tokens,
)
from training.world.attributes import FULL_DOMAIN, sample_attributes
from training.world.captions import caption

OBSCURED = 0.15
"""How often some words of a hand-written instruction are made unknown."""

SPEAKERS: Mapping[Language, ModuleType] = {"en": english, "it": italian}
_FILES: Mapping[Language, str] = {"en": "foreign_english", "it": "foreign_italian"}
_NEGATIONS: Mapping[Language, tuple[str, ...]] = {
    "en": ("don't", "do not", "never", "please don't"),
    "it": ("non", "per favore non", "non voglio che", "mai"),
}
_ANDS: Mapping[Language, tuple[str, ...]] = {
    "en": ("and", "and then", "then", "and also"),
    "it": ("e", "e poi", "poi", "e anche"),
}
_IMPERATIVES: Mapping[Language, frozenset[str]] = {
    "en": frozenset(
        "make paint colour color turn change replace swap move put add give take apply let".split()
    ),
    "it": frozenset(
        "rendere colorare dipingere cambiare sostituire spostare mettere fare aggiungere dare".split()
    ),
}


def written(language: Language, split: Split) -> tuple[str, ...]:
    """The hand-written foreign instructions of one part."""
    sections = read_language(_FILES[language])
    return sections["held_out"] if split == "held_out" else split_lines(sections["train"], split)


def draw_foreign(rng: random.Random, language: Language, noise: float = 0.0) -> str:
    """One instruction to refuse, of any kind, for training."""
    speaker = SPEAKERS[language]
    kind = rng.random()
    if kind < 0.3:
        text = _recast(rng.choice(written(language, "train")), language, rng)
        if rng.random() < OBSCURED:
            text = " ".join(UNKNOWN if rng.random() < 0.25 else word for word in tokens(text))
        return dress(text, speaker, rng, noise) if rng.random() < 0.4 else text
    if kind < 0.68:
        return _alien(rng, language, noise)
    if kind < 0.76:
        return caption(
            sample_attributes(rng, FULL_DOMAIN), rng, language=language, complete=rng.random() < 0.5
        )
    if kind < 0.83:
        return _negated(rng, language)
    if kind < 0.9:
        return _doubled(rng, language)
    return _nonsense(rng, language)


_NOUNS = {
    "en": [noun for nouns in english.NOUNS.values() for noun in nouns],
    "it": [noun.word for nouns in italian.NOUNS.values() for noun in nouns],
}
_COLOURS = {
    "en": [word for names in english.COLOURS.values() for word in names],
    "it": [name.format(o="o") for names in italian.COLOURS.values() for name in names],
}


def _recast(text: str, language: Language, rng: random.Random) -> str:
    """Other subjects and colours of the world in the same sentence: "dog" and "blue" are no reason to refuse."""
    parts = text.split()
    for options in (_NOUNS[language], _COLOURS[language]):
        parts = [rng.choice(options) if part in options else part for part in parts]
    return " ".join(parts)


def _alien(rng: random.Random, language: Language, noise: float) -> str:
    while True:
        text = compose_alien(SPEAKERS[language], draw_any_edit(rng), rng, noise)
        if text is not None:
            return text


def _negated(rng: random.Random, language: Language) -> str:
    """ "don't" before an order that begins with a verb."""
    while True:
        text = compose(SPEAKERS[language], draw_any_edit(rng), rng)
        if tokens(text)[0] in _IMPERATIVES[language]:
            return f"{rng.choice(_NEGATIONS[language])} {text}"


def _doubled(rng: random.Random, language: Language) -> str:
    """Two edits of different tasks at once: one job makes one edit."""
    speaker = SPEAKERS[language]
    while True:
        first, second = draw_any_edit(rng), draw_any_edit(rng)
        if first.task != second.task:
            join = rng.choice(_ANDS[language])
            return (
                f"{compose_plain(speaker, first, rng)} {join} {compose_plain(speaker, second, rng)}"
            )


def _nonsense(rng: random.Random, language: Language) -> str:
    """The words of two valid instructions shuffled, or a few words out of nowhere."""
    speaker = SPEAKERS[language]
    found = [
        word for _ in range(2) for word in tokens(compose_plain(speaker, draw_any_edit(rng), rng))
    ]
    rng.shuffle(found)
    if rng.random() < 0.5:
        found = found[: rng.randint(3, 8)]
    unknown = [
        rng.choice(("qzx", "vorp", "blif", "snark", "zzz")) for _ in range(rng.randint(1, 4))
    ]
    if rng.random() < 0.4:
        return " ".join([*rng.sample(found, min(len(found), rng.randint(0, 2))), *unknown])
    return " ".join(found)


def draw_language(rng: random.Random) -> Language:
    return rng.choice(LANGUAGES)
