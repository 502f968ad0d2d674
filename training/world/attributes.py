"""The nine attributes of a scene, the values they may take, and which go together."""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass, fields

SUBJECTS = (
    "dog", "cat", "rabbit", "bird", "fox", "bear",
    "horse", "duck", "fish", "penguin", "robot", "car",
)  # fmt: skip
COLOURS = (
    "red", "orange", "yellow", "green", "blue",
    "purple", "white", "black", "pink", "brown",
)  # fmt: skip
PLACES = (
    "hill", "beach", "snow", "city", "forest",
    "desert", "underwater", "moon", "farm", "lake",
)  # fmt: skip
TIMES = ("day", "sunset", "night")
WEATHERS = ("clear", "rain", "snow", "fog")
ACTIONS = (
    "run", "walk", "jump", "stand", "sit", "sleep",
    "fly", "swim", "spin", "wave", "dance",
)  # fmt: skip
DIRECTIONS = ("right", "left")
ACCESSORIES = ("none", "hat", "scarf", "glasses", "balloon")
CAMERAS = ("still", "pan", "zoom")

MOVING_ACTIONS = frozenset({"run", "walk", "jump", "fly", "swim"})
"""Actions that carry the subject across the picture."""

_DEFAULT_WEIGHT = {"clear": 3.0, "none": 4.0, "still": 3.0}
"""Values drawn more often than their siblings, because prompts rarely ask for anything else."""

_HELD_OUT_MODULUS = 11
_HELD_OUT_RESIDUE = 3


@dataclass(frozen=True)
class Attributes:
    """Everything a caption can say about a scene."""

    subject: str
    colour: str
    place: str
    time: str
    weather: str
    action: str
    direction: str
    accessory: str
    camera: str


@dataclass(frozen=True)
class Domain:
    """The values each attribute may take while sampling; fields mirror those of Attributes."""

    subject: tuple[str, ...]
    colour: tuple[str, ...]
    place: tuple[str, ...]
    time: tuple[str, ...]
    weather: tuple[str, ...]
    action: tuple[str, ...]
    direction: tuple[str, ...]
    accessory: tuple[str, ...]
    camera: tuple[str, ...]

    def contains(self, attributes: Attributes) -> bool:
        """Whether every attribute takes one of this domain's values."""
        return all(
            value in allowed
            for value, allowed in zip(astuple(attributes), astuple(self), strict=True)
        )


FIRST_DOMAIN = Domain(
    subject=SUBJECTS[:4],
    colour=COLOURS[:8],
    place=PLACES[:4],
    time=TIMES,
    weather=WEATHERS[:1],
    action=ACTIONS[:4],
    direction=DIRECTIONS,
    accessory=ACCESSORIES[:1],
    camera=CAMERAS[:1],
)
"""The small world on which a first model learns within minutes."""

FULL_DOMAIN = Domain(
    subject=SUBJECTS,
    colour=COLOURS,
    place=PLACES,
    time=TIMES,
    weather=WEATHERS,
    action=ACTIONS,
    direction=DIRECTIONS,
    accessory=ACCESSORIES,
    camera=CAMERAS,
)
"""Everything the world can draw."""


def is_sensible(attributes: Attributes) -> bool:
    """Whether a combination is one the world shows.

    Swimming needs a lake or the sea; nothing flies under water; the sea floor and the moon have
    no weather; no snowfall in the desert and no rain on the snow field; fish and cars, which
    have nothing to sit on, do not sit. Everything else may meet, a sleeping car included.
    """
    a = attributes
    if a.action == "swim" and a.place not in ("underwater", "lake"):
        return False
    if a.action == "fly" and a.place == "underwater":
        return False
    if a.action == "sit" and a.subject in ("fish", "car"):
        return False
    if a.place in ("underwater", "moon") and a.weather != "clear":
        return False
    return (a.place, a.weather) not in (("desert", "snow"), ("snow", "rain"))


def _draw(rng: random.Random, values: tuple[str, ...]) -> str:
    weights = [_DEFAULT_WEIGHT.get(value, 1.0) for value in values]
    return rng.choices(values, weights)[0]


def sample_attributes(rng: random.Random, domain: Domain) -> Attributes:
    """Draw a sensible combination; fish and underwater scenes swim three times as often."""
    while True:
        drawn = {f.name: _draw(rng, getattr(domain, f.name)) for f in fields(Attributes)}
        if "swim" in domain.action and rng.random() < 0.3:
            if drawn["subject"] in ("fish", "duck") or drawn["place"] in ("underwater", "lake"):
                drawn["action"] = "swim"
        attributes = Attributes(**drawn)
        if is_sensible(attributes):
            return attributes


def is_held_out(attributes: Attributes) -> bool:
    """Whether the (subject, colour, place) triple, one in eleven, is kept out of training."""
    subject = SUBJECTS.index(attributes.subject)
    colour = COLOURS.index(attributes.colour)
    place = PLACES.index(attributes.place)
    return (subject * 5 + colour * 3 + place * 7) % _HELD_OUT_MODULUS == _HELD_OUT_RESIDUE
