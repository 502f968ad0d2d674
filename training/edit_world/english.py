"""English instructions: "make the dog blue", "could you put a hat on the cat?"."""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.edit_world.aliens import ENGLISH as ALIENS
from training.edit_world.english_phrases import PHRASES
from training.edit_world.grammar import read_wordings
from training.edit_world.tasks import BY_NAME, Edit
from training.world.attributes import SUBJECTS
from training.world.lexicon_english import COLOURS, NOUNS

WORDINGS = read_wordings("english")


def slots(edit: Edit, rng: random.Random, alien: str | None) -> Mapping[str, str]:
    """Every slot's text for an edit."""
    subject = rng.choice([s for s in SUBJECTS if s != edit.value])
    noun = rng.choice(ALIENS["object"]) if alien == "object" else rng.choice(NOUNS[subject])
    named = alien == "object" or rng.random() < 0.72
    thing = _named(noun, rng) if named else rng.choice(_PRONOUNS)
    filled = {
        "it": thing,
        "its": f"{thing}'s" if thing != "it" else "its",
        "noun": noun,
        "other": rng.choice([w for c, w in _FIRST_COLOURS.items() if c != edit.value]),
    }
    head = BY_NAME[edit.task].head
    if head is None:
        return filled
    if alien == "value":
        return filled | _alien_value(rng.choice(ALIENS[head]))
    options = PHRASES[head][edit.value or ""]
    return filled | {name: rng.choice(choices) for name, choices in options.items()}


_FIRST_COLOURS = {name: names[0] for name, names in COLOURS.items()}
_PRONOUNS = ("it", "it", "it", "the animal", "the subject", "the character", "the protagonist")


def _named(noun: str, rng: random.Random) -> str:
    if rng.random() < 0.12:
        noun = f"{rng.choice(('little', 'small', 'cute', *_FIRST_COLOURS.values()))} {noun}"
    return f"{rng.choice(('the', 'the', 'the', 'the', 'this', 'my'))} {noun}"


def _alien_value(word: str) -> dict[str, str]:
    article = "an" if word[0] in "aeiou" else "a"
    return {
        **{name: word for name in ("v", "adj", "base", "ger", "fin", "bare")},
        "np": word,
        "adv": f"in {word}",
        "a_v": f"{article} {word}",
        "the_v": f"the {word}",
    }
