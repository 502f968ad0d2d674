"""Captions in English and Italian, drawn from a small grammar with synonyms and word orders.

A caption is what a person might type for a scene: most attributes said, some left out, in one of
several orders. `words` is the split every consumer of captions uses; `vocabulary` is closed
under it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any, Literal

from training.world import grammar_english, grammar_italian, lexicon_english, lexicon_italian
from training.world.attributes import Attributes
from training.world.grammar import draw_said

Language = Literal["en", "it"]
LANGUAGES: tuple[Language, ...] = ("en", "it")

MAX_WORDS = 32
"""No caption has more words than this."""

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Lower-case words of a text: runs of letters and digits, whatever separates them."""
    return _WORD.findall(text.lower())


def caption(
    a: Attributes,
    rng: random.Random,
    *,
    language: Language | None = None,
    complete: bool = False,
) -> str:
    """Describe a scene in lower case, in either language unless one is asked for.

    With `complete` every attribute that is not a default (clear weather, no accessory, still
    camera) is stated; otherwise some are left out, as people do.
    """
    chosen = language or rng.choice(LANGUAGES)
    compose = grammar_english.compose if chosen == "en" else grammar_italian.compose
    while True:
        said = draw_said(a, rng, complete=complete)
        text = compose(a, said, rng)
        if len(words(text)) <= MAX_WORDS:
            return text


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word either grammar can emit, sorted, without duplicates."""
    found: set[str] = set()
    for lexicon in (lexicon_english, lexicon_italian):
        for phrase in _phrases(_tables(lexicon)):
            for ending in grammar_italian.ENDINGS.values():
                found.update(words(phrase.format(o=ending, side="", other="")))
    return tuple(sorted(found))


def _tables(lexicon: ModuleType) -> list[Any]:
    return [
        value
        for name, value in vars(lexicon).items()
        if name.isupper() and not name.startswith("_")
    ]


def _phrases(table: Any) -> Iterator[str]:
    """Every string in a table of a lexicon, leaving out keys and the genders of nouns."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, lexicon_italian.Noun):
        yield table.word
    elif isinstance(table, dict):
        for value in table.values():
            yield from _phrases(value)
    else:
        for value in table:
            yield from _phrases(value)
