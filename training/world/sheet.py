"""Contact sheets: many small pictures in one PNG, to judge the world or a model by eye."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from training.world.attributes import FIRST_DOMAIN, FULL_DOMAIN, Domain, sample_attributes
from training.world.render import Pixels, render
from training.world.scene import Scene

TILE = 128


def contact_sheet(images: Sequence[Pixels], columns: int) -> Pixels:
    """Lay equally sized images out in rows; the last row is filled with white."""
    blank = np.full_like(images[0], 255)
    padded = [*images, *[blank] * (-len(images) % columns)]
    rows = [np.concatenate(padded[i : i + columns], 1) for i in range(0, len(padded), columns)]
    return np.concatenate(rows)


def save_png(pixels: Pixels, path: str) -> None:
    """Write an RGB picture as PNG."""
    Image.fromarray(pixels).save(path)


def sample_tiles(domain: Domain, count: int, seed: int, tile: int = TILE) -> list[Pixels]:
    """First frames of random scenes of a domain."""
    rng = random.Random(seed)
    return [
        render(Scene(sample_attributes(rng, domain), seed + i), 0.0, tile) for i in range(count)
    ]


def motion_strips(domain: Domain, seed: int, columns: int = 8, tile: int = TILE) -> list[Pixels]:
    """One row per action of a domain: a random scene over four seconds."""
    rng = random.Random(seed)
    tiles: list[Pixels] = []
    for i, action in enumerate(domain.action):
        attributes = sample_attributes(rng, domain)
        while attributes.action != action:
            attributes = sample_attributes(rng, domain)
        scene = Scene(replace(attributes, camera="still"), seed + i)
        tiles += [render(scene, k * 4 / columns, tile) for k in range(columns)]
    return tiles


def main(path: str) -> None:
    """Write a sheet of both domains and of the motion of every action."""
    tiles = sample_tiles(FIRST_DOMAIN, 16, 0) + sample_tiles(FULL_DOMAIN, 48, 16)
    tiles += motion_strips(FULL_DOMAIN, 0)
    save_png(contact_sheet(tiles, 8), path)


if __name__ == "__main__":
    main(sys.argv[1])
