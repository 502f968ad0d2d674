"""Italian captions: "di notte, un gatto nero sta saltando verso sinistra sulla spiaggia"."""

from __future__ import annotations

import random

from training.world import lexicon_italian as lexicon
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

ENDINGS = {"m": "o", "f": "a"}
_COLOUR_NOUN_PROBABILITY = 0.05


def compose(attributes: Attributes, said: Said, rng: random.Random) -> str:
    """One Italian caption that states what `said` tells it to."""
    noun = choose(rng, lexicon.NOUNS[attributes.subject])
    ending = ENDINGS[noun.gender]
    if rng.random() < LABEL_PROBABILITY:
        return _labels(attributes, said, rng, noun)
    clauses = Clauses(
        subject=_article(_noun_phrase(attributes, said, rng, noun), noun.gender, rng),
        accessory=_accessory(attributes, said, rng),
        action=_action(attributes, rng).format(o=ending) if said.action else "",
        direction=_direction(attributes, said, rng, ending),
        place=_place(attributes, rng) if said.place else "",
        time=_time(attributes, rng) if said.time else "",
        weather=choose(rng, lexicon.WEATHERS[attributes.weather]) if said.weather else "",
        camera=choose(rng, lexicon.CAMERAS[attributes.camera]) if said.camera else "",
    )
    return arrange(clauses, rng)


def _noun_phrase(attributes: Attributes, said: Said, rng: random.Random, noun: lexicon.Noun) -> str:
    ending = ENDINGS[noun.gender]
    size = rng.choice(lexicon.SIZES) if rng.random() < SIZE_PROBABILITY else ""
    colour = ""
    if said.colour:
        word = choose(rng, lexicon.COLOURS[attributes.colour])
        as_noun = rng.random() < _COLOUR_NOUN_PROBABILITY
        # "di colore rosso" agrees with "colore", whatever the subject's gender.
        colour = "di colore " + word.format(o="o") if as_noun else word.format(o=ending)
    return " ".join(filter(None, (size.format(o=ending), noun.word, colour)))


def _article(phrase: str, gender: str, rng: random.Random) -> str:
    elided = phrase[0] in "aeiou"
    chance = rng.random()
    if chance < TELEGRAPHIC_PROBABILITY:
        return phrase
    if chance < TELEGRAPHIC_PROBABILITY + DEFINITE_PROBABILITY:
        if elided:
            return f"l'{phrase}"
        return f"il {phrase}" if gender == "m" else f"la {phrase}"
    if gender == "m":
        return f"un {phrase}"
    return f"un'{phrase}" if elided else f"una {phrase}"


def _verb(attributes: Attributes, rng: random.Random) -> lexicon.Verb:
    special = lexicon.SUBJECT_VERBS.get((attributes.subject, attributes.action), ())
    if special and rng.random() < 0.5:
        return choose(rng, special)
    return choose(rng, lexicon.VERBS[attributes.action])


def _action(attributes: Attributes, rng: random.Random) -> str:
    verb = _verb(attributes, rng)
    forms = [verb.finite, f"che {verb.finite}", f"che {verb.finite}", f"mentre {verb.finite}"]
    if verb.gerund:
        forms += [f"sta {verb.gerund}", f"sta {verb.gerund}", f"che sta {verb.gerund}"]
    return f"{rng.choice(forms)} {verb.tail}".strip()


def _direction(attributes: Attributes, said: Said, rng: random.Random, ending: str) -> str:
    if not said.direction:
        return ""
    forms = lexicon.DIRECTIONS if has_motion(attributes, said) else lexicon.FACINGS
    other = "left" if attributes.direction == "right" else "right"
    side = lexicon.SIDES[attributes.direction]
    return choose(rng, forms).format(side=side, other=lexicon.SIDES[other], o=ending)


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


def _labels(attributes: Attributes, said: Said, rng: random.Random, noun: lexicon.Noun) -> str:
    ending = ENDINGS[noun.gender]
    verb = _verb(attributes, rng)
    accessory = _accessory(attributes, said, rng)
    subject = f"{_noun_phrase(attributes, said, rng, noun)} {accessory}".strip()
    return list_labels(
        [
            subject,
            f"{verb.finite} {verb.tail}".strip().format(o=ending) if said.action else "",
            _direction(attributes, said, rng, ending),
            rng.choice(lexicon.PLACE_LABELS[attributes.place]) if said.place else "",
            lexicon.TIME_LABELS[attributes.time] if said.time else "",
            lexicon.WEATHER_LABELS[attributes.weather] if said.weather else "",
            choose(rng, lexicon.CAMERAS[attributes.camera]) if said.camera else "",
        ],
        rng,
    )
