"""Renders exact edit pairs: `python -m training.edit_world.pairs [--domain full] [--count 6000]`.

A row is one scene before and after one edit, at the same four moments. Both scenes have one seed, so they share all
that the edit leaves alone.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import dataclass

import numpy as np

from training.config import PRESETS, Preset
from training.data.render import (
    CLIP_FPS,
    CLIP_FRAMES,
    EVALUATION_SEED_BASE,
    LATENT_SIZE,
    RENDER_SIZE,
    draw_attributes,
)
from training.data.store import (
    DataSet,
    Pixels,
    area_average,
    create_array,
    is_complete,
    write_index,
)
from training.edit_world.styles import apply_style
from training.edit_world.tasks import DRAWN_TASKS, EDIT_DOMAINS, Edit, draw_edit
from training.paths import data_folder
from training.world.attributes import Attributes, Domain
from training.world.render import render, subject_mask
from training.world.scene import Scene

SEED_BASE = 60_000_000
EXAM_SEED_BASE = EVALUATION_SEED_BASE + 800_000
FRAMES = 4
"""Moments per row: enough for attention between frames, few enough for a CPU."""


@dataclass(frozen=True)
class Pair:
    """A scene before and after an edit."""

    source: Attributes
    target: Attributes
    edit: Edit
    seed: int

    def frame(self, time_s: float, *, after: bool, size: int = RENDER_SIZE) -> Pixels:
        """The picture at a time, uint8 [size, size, 3]."""
        pixels = render(Scene(self.target if after else self.source, self.seed), time_s, size=size)
        styled = after and self.edit.task == "style"
        return apply_style(pixels, self.edit.value or "") if styled else pixels

    def latents(self, times: list[float], *, after: bool) -> Pixels:
        """The pictures as the networks see them, uint8 [T, 64, 64, 3]."""
        factor = RENDER_SIZE // LATENT_SIZE
        return np.stack([area_average(self.frame(t, after=after), factor) for t in times])

    def masks(self, times: list[float]) -> Pixels:
        """Where the subject is, before or after, uint8 [T, 64, 64]."""
        scenes = [Scene(attributes, self.seed) for attributes in (self.source, self.target)]
        return np.stack(
            [np.maximum(*(subject_mask(s, t, size=LATENT_SIZE) for s in scenes)) for t in times]
        )


def draw_pair(
    rng: random.Random, domain: Domain, seed: int, tasks: tuple[str, ...] = DRAWN_TASKS
) -> Pair:
    """A drawn scene and an edit of it; held-out combinations appear neither before nor after."""
    source = draw_attributes(rng, domain)
    edit, target = draw_edit(rng, source, domain, tasks)
    return Pair(source, target, edit, seed)


def draw_times(rng: random.Random, count: int = FRAMES) -> list[float]:
    """Distinct moments of a clip at its key frames' rate, in order, in seconds."""
    return [index / CLIP_FPS for index in sorted(rng.sample(range(CLIP_FRAMES), count))]


def render_pairs(name: str, domain: Domain, count: int) -> DataSet:
    """Renders `count` rows into the data folder `name`, or returns what is already there."""
    folder = data_folder(name)
    if is_complete(folder):
        return DataSet(folder)
    rng, start = random.Random(SEED_BASE), time.time()
    frames = (count, FRAMES, LATENT_SIZE, LATENT_SIZE)
    arrays = {
        key: create_array(folder, key, (*frames, 3) if key != "masks" else frames)
        for key in ("sources", "targets", "masks")
    }
    attributes, edits, moments = [], [], []
    for row in range(count):
        pair, times = draw_pair(rng, domain, SEED_BASE + row), draw_times(rng)
        arrays["sources"][row] = pair.latents(times, after=False)
        arrays["targets"][row] = pair.latents(times, after=True)
        arrays["masks"][row] = pair.masks(times)
        attributes.append(pair.source)
        edits.append([pair.edit.task, pair.edit.value])
        moments.append(times)
        if row % 500 == 499:
            print(
                f"{name}: {row + 1}/{count}, {(time.time() - start) / (row + 1):.3f} s each",
                flush=True,
            )
    for array in arrays.values():
        array.flush()  # type: ignore[attr-defined]
    seeds = [SEED_BASE + row for row in range(count)]
    return write_index(folder, attributes, seeds, kind="edits", edits=edits, times=moments)


def pair_count(preset: Preset) -> int:
    """How many pairs a preset trains on: as many frames as it has key frames."""
    return max(preset.keyframes // 5, 48)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--domain", choices=sorted(EDIT_DOMAINS), default="first")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--count", type=int, help="rows; the preset's by default")
    arguments = parser.parse_args(argv)
    count = arguments.count or pair_count(PRESETS[arguments.preset])
    found = render_pairs(f"edits-{arguments.domain}", EDIT_DOMAINS[arguments.domain], count)
    print(f"{len(found)} pairs in {found.folder}")


if __name__ == "__main__":
    main()
