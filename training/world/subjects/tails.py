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


def draw_fox_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A bushy tail with a pale tip."""
    x, y = root
    wag = 7 * motion.sway
    bush = [(x + 6, y - 8), (x - 22, y - 26), (x - 46, y - 46 + wag), (x - 62, y - 34 + wag),
            (x - 54, y - 8 + wag), (x - 28, y + 8), (x + 4, y + 8)]  # fmt: skip
    figure.shape(bush, figure.coat.base)
    figure.patch(x - 50, y - 32 + wag, 10, 13, figure.coat.belly, -40)


def draw_bear_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A stub."""
    figure.oval(root[0] - 16, root[1] - 6, 8, 8, figure.coat.dark)


def draw_horse_tail(figure: Figure, root: Point, motion: Motion) -> None:
    """A long hanging tail of dark hair."""
    x, y = root
    wag = 8 * motion.sway
    low, lower = min(y + 42, -2), min(y + 46, 2)
    hair = [(x + 4, y - 8), (x - 20, y - 12), (x - 34, y + 14), (x - 36 + wag, lower),
            (x - 20 + wag, low), (x - 14, y + 14), (x + 2, y + 6)]  # fmt: skip
    figure.shape(hair, figure.coat.dark)
