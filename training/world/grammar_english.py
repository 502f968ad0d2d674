"""English captions: "at night, a black cat is jumping to the left on the beach"."""

from __future__ import annotations

import random

from training.world import lexicon_english as lexicon
from training.world.attributes import Attributes
from training.world.grammar import (
    DEFINITE_PROBABILITY,
    LABEL_PROBABILITY,
    SIZE_PROBABILITY,
    TELEGRAPHIC_PROBABILITY,
    Clauses,
    Said,
    arrange,
    choose,
    has_motion,
    list_labels,
)


def compose(attributes: Attributes, said: Said, rng: random.Random) -> str:
    """One English caption that states what `said` tells it to."""
    if rng.random() < LABEL_PROBABILITY:
        return _labels(attributes, said, rng)
    clauses = Clauses(
        subject=_article(_noun_phrase(attributes, said, rng), rng),
        accessory=_accessory(attributes, said, rng),
        action=_action(attributes, rng) if said.action else "",
        direction=_direction(attributes, said, rng),
        place=_place(attributes, rng) if said.place else "",
        time=_time(attributes, rng) if said.time else "",
        weather=choose(rng, lexicon.WEATHERS[attributes.weather]) if said.weather else "",
        camera=choose(rng, lexicon.CAMERAS[attributes.camera]) if said.camera else "",
    )
    return arrange(clauses, rng)


def _noun_phrase(attributes: Attributes, said: Said, rng: random.Random) -> str:
    size = rng.choice(lexicon.SIZES) if rng.random() < SIZE_PROBABILITY else ""
    colour = choose(rng, lexicon.COLOURS[attributes.colour]) if said.colour else ""
    noun = choose(rng, lexicon.NOUNS[attributes.subject])
    return " ".join(filter(None, (size, colour, noun)))


def _article(phrase: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < TELEGRAPHIC_PROBABILITY:
        return phrase
    if chance < TELEGRAPHIC_PROBABILITY + DEFINITE_PROBABILITY:
        return f"the {phrase}"
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def _verb(attributes: Attributes, rng: random.Random) -> lexicon.Verb:
    key = (attributes.subject, attributes.action)
    special = lexicon.SUBJECT_VERBS.get(key, ())
    if special and rng.random() < 0.5:
        return choose(rng, special)
    return choose(rng, lexicon.VERBS[attributes.action])


def _action(attributes: Attributes, rng: random.Random) -> str:
    verb = _verb(attributes, rng)
    form = rng.choice(
        (
            verb.finite,
            verb.finite,
            f"is {verb.gerund}",
            f"is {verb.gerund}",
            verb.gerund,
            f"that {verb.finite}",
            f"that is {verb.gerund}",
            f"which {verb.finite}",
        )
    )
    return f"{form} {verb.tail}".strip()


def _direction(attributes: Attributes, said: Said, rng: random.Random) -> str:
    if not said.direction:
        return ""
    forms = lexicon.DIRECTIONS if has_motion(attributes, said) else lexicon.FACINGS
    other = "left" if attributes.direction == "right" else "right"
    side = lexicon.SIDES[attributes.direction]
    return choose(rng, forms).format(side=side, other=lexicon.SIDES[other])


def _place(attributes: Attributes, rng: random.Random) -> str:
    if attributes.action == "swim" and attributes.place == "lake":
        return choose(rng, lexicon.SWIMMING_IN_LAKE)
    return choose(rng, lexicon.PLACES[attributes.place])


def _time(attributes: Attributes, rng: random.Random) -> str:
    options = lexicon.TIMES[attributes.time]
    if attributes.weather == "clear" and attributes.place not in ("underwater", "moon"):
        options += lexicon.CLEAR_SKY_TIMES[attributes.time]
    return choose(rng, options)


def _accessory(attributes: Attributes, said: Said, rng: random.Random) -> str:
    return choose(rng, lexicon.ACCESSORIES[attributes.accessory]) if said.accessory else ""


def _labels(attributes: Attributes, said: Said, rng: random.Random) -> str:
    verb = _verb(attributes, rng)
    accessory = _accessory(attributes, said, rng)
    subject = f"{_noun_phrase(attributes, said, rng)} {accessory}".strip()
    return list_labels(
        [
            subject,
            f"{verb.gerund} {verb.tail}".strip() if said.action else "",
            _direction(attributes, said, rng),
            rng.choice(lexicon.PLACE_LABELS[attributes.place]) if said.place else "",
            lexicon.TIME_LABELS[attributes.time] if said.time else "",
            lexicon.WEATHER_LABELS[attributes.weather] if said.weather else "",
            choose(rng, lexicon.CAMERAS[attributes.camera]) if said.camera else "",
        ],
        rng,
    )
