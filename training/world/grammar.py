"""What the two grammars share: which attributes a caption says, and the order of its phrases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.world.attributes import MOVING_ACTIONS, Attributes

_T = TypeVar("_T")

SAY_PROBABILITY = {
    "colour": 0.9,
    "place": 0.93,
    "time": 0.8,
    "weather": 1.0,
    "action": 0.93,
    "direction": 0.75,
    "accessory": 1.0,
    "camera": 1.0,
}
"""How often a caption states each attribute; what prompts often omit is omitted more often.

Weather, accessories and camera moves are always said where there are any: silence means that there are none.
"""

SAY_DEFAULT_PROBABILITY = 0.05
"""How often clear weather or a still camera is stated; "no accessory" never is."""

SIZE_PROBABILITY = 0.08
LABEL_PROBABILITY = 0.06
TELEGRAPHIC_PROBABILITY = 0.07
DEFINITE_PROBABILITY = 0.12


@dataclass(frozen=True)
class Said:
    """Which attributes a caption states."""

    colour: bool
    place: bool
    time: bool
    weather: bool
    action: bool
    direction: bool
    accessory: bool
    camera: bool


@dataclass(frozen=True)
class Clauses:
    """The phrases of one caption; an empty string is a phrase left out."""

    subject: str
    accessory: str
    action: str
    direction: str
    place: str
    time: str
    weather: str
    camera: str


def draw_said(attributes: Attributes, rng: random.Random, *, complete: bool) -> Said:
    """Choose what to state: everything but defaults if `complete`, else by probability."""
    absent = {
        "weather": attributes.weather == "clear",
        "accessory": attributes.accessory == "none",
        "camera": attributes.camera == "still",
    }
    said: dict[str, bool] = {}
    for name, probability in SAY_PROBABILITY.items():
        chance = rng.random()
        if not absent.get(name, False):
            said[name] = complete or chance < probability
        else:
            said[name] = name != "accessory" and not complete and chance < SAY_DEFAULT_PROBABILITY
    return Said(**said)


def choose(rng: random.Random, options: Sequence[_T]) -> _T:
    """Pick one option, the first (most usual) one nearly half of the time."""
    return options[0] if rng.random() < 0.4 else rng.choice(options)


def has_motion(attributes: Attributes, said: Said) -> bool:
    """Whether the caption says a verb of movement, so that a direction is where it goes."""
    return said.action and attributes.action in MOVING_ACTIONS


def arrange(clauses: Clauses, rng: random.Random) -> str:
    """Join the phrases in one of the usual orders, sometimes with one of them in front."""
    tail = [("direction", clauses.direction), ("place", clauses.place)]
    if rng.random() < 0.4:
        tail.reverse()
    circumstances = [("time", clauses.time), ("weather", clauses.weather)]
    if rng.random() < 0.3:
        circumstances.reverse()
    tail += circumstances
    tail = [(name, phrase) for name, phrase in tail if phrase]
    front = ""
    movable = [item for item in tail if item[0] != "direction"]
    if movable and rng.random() < 0.2:
        item = rng.choice(movable)
        tail.remove(item)
        front = item[1] + rng.choice((", ", ", ", " "))
    head = [clauses.subject, clauses.action]
    accessory_last = rng.random() < 0.25
    head.insert(2 if accessory_last else 1, clauses.accessory)
    sentence = front + " ".join(filter(None, head + [phrase for _, phrase in tail]))
    if not clauses.camera:
        return sentence
    if rng.random() < 0.2:
        return f"{clauses.camera}, {sentence}"
    return sentence + rng.choice((", ", ", ", " ")) + clauses.camera


def list_labels(labels: Sequence[str], rng: random.Random) -> str:
    """Join bare labels the way keyword prompts do: "black cat, jumping, beach, night"."""
    first, rest = labels[0], [label for label in labels[1:] if label]
    if rng.random() < 0.3:
        rng.shuffle(rest)
    return ", ".join([first, *rest])
