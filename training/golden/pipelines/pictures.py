"""What the tiny pipelines are fitted to: discs before skies, their captions, recoloured and moving discs."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.55, -0.35, -0.35),
    "green": (-0.35, 0.4, -0.3),
    "blue": (-0.4, -0.2, 0.55),
    "yellow": (0.5, 0.45, -0.35),
    "white": (0.6, 0.6, 0.6),
    "black": (-0.6, -0.6, -0.6),
}
NAMES = tuple(COLOURS)
MEDIA = ("photo", "painting", "picture", "sketch")


@dataclass(frozen=True)
class Disc:
    """One picture: a disc of a colour before a sky of another; positions and radius in shares of the shorter side."""

    colour: str
    sky: str
    medium: str
    x: float
    y: float
    radius: float

    @property
    def caption(self) -> str:
        return f"a {self.medium} of a {self.colour} ball in front of a {self.sky} sky"

    def draw(self, height: int, width: int) -> Tensor:
        """float32 [3, height, width] in [-1, 1], soft-edged."""
        side = min(height, width)
        rows = (torch.arange(height) + 0.5)[:, None] / side
        columns = (torch.arange(width) + 0.5)[None, :] / side
        distance = ((rows - self.y) ** 2 + (columns - self.x) ** 2).sqrt()
        inside = torch.sigmoid((self.radius - distance) * 24)
        shade = 0.8 + 0.4 * (1 - rows)
        sky = torch.tensor(COLOURS[self.sky])[:, None, None] * 0.6 * shade
        return sky * (1 - inside) + torch.tensor(COLOURS[self.colour])[:, None, None] * inside


def some_disc(chance: np.random.Generator) -> Disc:
    """A picture drawn by lot."""
    colour, sky = (str(name) for name in chance.choice(NAMES, 2, replace=False))
    x, y, radius = chance.uniform((0.3, 0.3, 0.18), (0.7, 0.7, 0.32))
    return Disc(colour, sky, str(chance.choice(MEDIA)), float(x), float(y), float(radius))


def recoloured(disc: Disc, chance: np.random.Generator) -> tuple[str, Disc]:
    """An instruction and what it makes of the picture."""
    colour = str(chance.choice([name for name in NAMES if name not in (disc.colour, disc.sky)]))
    return f"make the ball {colour}", replace(disc, colour=colour)


def moving(disc: Disc, frames: int, chance: np.random.Generator) -> list[Disc]:
    """The same disc on its way."""
    dx, dy = chance.uniform(-0.06, 0.06, 2)
    return [replace(disc, x=disc.x + float(dx) * i, y=disc.y + float(dy) * i) for i in range(frames)]
