"""Italian instructions: "rendi il cane blu", "puoi mettere un cappello al gatto?"."""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.edit_world.aliens import ITALIAN as ALIENS
from training.edit_world.grammar import read_wordings
from training.edit_world.italian_phrases import PHRASES
from training.edit_world.tasks import BY_NAME, Edit
from training.world.attributes import SUBJECTS
from training.world.grammar_italian import ENDINGS
from training.world.lexicon_italian import COLOURS, NOUNS, Noun

WORDINGS = read_wordings("italian")

_ARTICLED = {
    "m": {"": "il", "al": "al", "del": "del", "sul": "sul", "dal": "dal", "col": "con il"},
    "f": {"": "la", "al": "alla", "del": "della", "sul": "sulla", "dal": "dalla", "col": "con la"},
    "'": {"": "l'", "al": "all'", "del": "dell'", "sul": "sull'", "dal": "dall'", "col": "con l'"},
    "z": {"": "lo", "al": "allo", "del": "dello", "sul": "sullo", "dal": "dallo", "col": "con lo"},
}
_PRONOUNS = (
    Noun("animale"), Noun("soggetto"), Noun("personaggio"), Noun("protagonista"), Noun("animaletto"),
)  # fmt: skip
_FIRST_COLOURS = {name: names[0] for name, names in COLOURS.items()}


def _article_kind(noun: Noun) -> str:
    if noun.word[0] in "aeiou":
        return "'"
    if noun.gender == "m" and (
        noun.word[0] in "zx" or noun.word[:2] in ("sc", "sp", "st", "gn", "ps")
    ):
        return "z"
    return noun.gender


def _articled(noun: Noun, form: str, tail: str) -> str:
    article = _ARTICLED[_article_kind(noun)][form]
    space = "" if article.endswith("'") else " "
    return f"{article}{space}{noun.word}{tail}"


def _indefinite(noun: Noun) -> str:
    if noun.gender == "f":
        return f"un'{noun.word}" if noun.word[0] in "aeiou" else f"una {noun.word}"
    return f"uno {noun.word}" if _article_kind(noun) == "z" else f"un {noun.word}"


def slots(edit: Edit, rng: random.Random, alien: str | None) -> Mapping[str, str]:
    """Every slot's text for an edit."""
    subject = rng.choice([s for s in SUBJECTS if s != edit.value])
    noun = rng.choice(ALIENS["object"]) if alien == "object" else rng.choice(NOUNS[subject])
    if alien != "object" and rng.random() < 0.15:
        noun = rng.choice(_PRONOUNS)
    ending = ENDINGS[noun.gender]
    described = rng.random() < 0.1
    tail = " " + rng.choice(list(_FIRST_COLOURS.values())).format(o=ending) if described else ""
    forms = ("al", "del", "sul", "dal", "col")
    filled = {form: _articled(noun, form, tail) for form in forms} | {
        "it": _articled(noun, "", tail),
        "noun": noun.word,
        "o": ending,
        "other": rng.choice([w for c, w in _FIRST_COLOURS.items() if c != edit.value]).format(
            o=ending
        ),
    }
    head = BY_NAME[edit.task].head
    if head is None:
        return filled
    if alien == "value":
        return filled | _alien_value(rng.choice(ALIENS[head]))
    return filled | _values(head, edit.value or "", ending, rng)


def _values(head: str, value: str, ending: str, rng: random.Random) -> dict[str, str]:
    if head == "colour":
        word = rng.choice(COLOURS[value])
        return {"v": word.format(o=ending), "vm": word.format(o="o")}
    if head == "subject":
        return {"a_v": _indefinite(rng.choice(NOUNS[value]))}
    options = PHRASES[head][value]
    return {name: rng.choice(choices).format(o=ending) for name, choices in options.items()}


def _alien_value(noun: Noun) -> dict[str, str]:
    kinds = ("v", "vm", "np", "adj", "base", "subj", "past", "fin", "ger", "bare")
    return {kind: noun.word for kind in kinds} | {
        "adv": f"in {noun.word}",
        "in_v": f"in {noun.word}",
        "a_v": _indefinite(noun),
        "the_v": _articled(noun, "", ""),
    }
