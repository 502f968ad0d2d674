"""A scene: its attributes and every random choice of its layout, drawn once from the seed."""

from __future__ import annotations

import random

from training.world.attributes import Attributes
from training.world.palette import Coat, Tint, coat, light

PICTURE_SIZE = 512
"""Scenes are laid out on a square of this side; rendering scales it."""

_START_PHASES = {
    "run": (0.18, 0.14), "walk": (0.18, 0.14), "jump": (0.36, 0.34), "spin": (0.95, 0.13),
    "dance": (0.15, 0.2), "fly": (0.07, 0.11), "swim": (0.1, 0.3), "wave": (0.1, 0.3),
}  # fmt: skip
"""Cycle phase at time 0: first value and spread.

Chosen so that the first frame already tells the action (legs stretched, wings up, high in the air) and
shows the subject the right way up, and so that it tells one moment of it: no caption says which foot is
in front, and a network that must draw both draws too many legs.
"""


class Scene:
    """The layout of one scene.

    Every group of choices comes from its own stream of the seed, so two scenes with one seed and
    different attributes share whatever the attributes leave alone.
    """

    def __init__(self, attributes: Attributes, seed: int) -> None:
        self.attributes = attributes
        self.seed = seed
        self.tint: Tint = light(attributes.time, attributes.weather)
        self.coat: Coat = coat(attributes.colour)
        self.facing = 1 if attributes.direction == "right" else -1
        self._draw_subject(self.stream("subject"))
        self._draw_sky(self.stream("sky"))
        place = self.stream("place")
        self.horizon = place.uniform(285, 315)
        self.chances = tuple(place.random() for _ in range(16))

    def stream(self, name: str) -> random.Random:
        """An independent random stream for one group of choices."""
        return random.Random(f"{self.seed}/{name}")

    def _draw_subject(self, rng: random.Random) -> None:
        self.scale = rng.uniform(2.05, 2.4)
        self.ground_y = rng.uniform(428, 460)
        self.offset_x = rng.uniform(-42, 42)
        self.unit_phase = rng.random()
        first, spread = _START_PHASES.get(self.attributes.action, (0.0, 1.0))
        self.phase = first + spread * self.unit_phase

    def _draw_sky(self, rng: random.Random) -> None:
        # Ahead of the subject, trees and houses behind it: no caption tells, and a network told nothing draws two.
        self.sun_side = self.facing
        self.sun_x = 256 + self.sun_side * rng.uniform(140, 185)
        self.sun_y = rng.uniform(66, 96)
        self.clouds = tuple(
            (256 - self.sun_side * distance + rng.uniform(-26, 26), y + rng.uniform(-14, 14), size)
            for distance, y, size in ((150, 92, 1.5), (-20, 60, 1.1))
        )

    def between(self, index: int, low: float, high: float) -> float:
        """The layout's index-th free choice, mapped to a range."""
        return low + (high - low) * self.chances[index]
