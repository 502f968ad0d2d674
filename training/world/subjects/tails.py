"""The tails of the four-legged subjects, each rooted at the rump."""

from __future__ import annotations

from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import Motion


def draw_dog_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A raised wagging tail."""
    x, y = root
    wag = 9 * motion.sway
    figure.limb(root, (x - 22, y - 8), (x - 26 + wag, y - 34), 11, figure.coat.base)


def draw_cat_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A long thin tail that curls upwards."""
    x, y = root
    wag = 8 * motion.sway
    figure.limb(root, (x - 42, y + 4), (x - 30 + wag, y - 50), 9, figure.coat.base)


def draw_rabbit_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A light ball of fluff."""
    figure.oval(root[0] - 12, root[1] - 2, 13, 13, figure.coat.belly)
