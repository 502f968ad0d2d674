"""Renders exact edit pairs: `python -m training.edit_world.pairs pictures|clips [--domain full] [--minutes 10]`.

A row is one scene before and after one edit, at one moment or at four of a clip. Both scenes have one seed, so they
share all that the edit leaves alone.
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
from training.edit_world.tasks import DRAWN_TASKS, EDIT_DOMAINS, PICTURE_TASKS, Edit, draw_edit
from training.paths import data_folder
from training.world.attributes import Attributes, Domain
from training.world.render import render, subject_mask
from training.world.scene import Scene

EXAM_SEED_BASE = EVALUATION_SEED_BASE + 800_000
CLIP_MOMENTS = 4
"""Moments per row of clips: enough for attention between frames, few enough for a CPU."""

FIRST_FRAMES = 0.6


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
        """Where the subject is after the edit, uint8 [T, 64, 64]."""
        scene = Scene(self.target, self.seed)
        return np.stack([subject_mask(scene, t, size=LATENT_SIZE) for t in times])


def draw_pair(
    rng: random.Random, domain: Domain, seed: int, tasks: tuple[str, ...] = DRAWN_TASKS
) -> Pair:
    """A drawn scene and an edit of it; held-out combinations appear neither before nor after."""
    source = draw_attributes(rng, domain)
    edit, target = draw_edit(rng, source, domain, tasks)
    return Pair(source, target, edit, seed)


def draw_times(rng: random.Random, count: int = CLIP_MOMENTS) -> list[float]:
    """Distinct moments of a clip at its key frames' rate, in order, in seconds."""
    return [index / CLIP_FPS for index in sorted(rng.sample(range(CLIP_FRAMES), count))]


@dataclass(frozen=True)
class Kind:
    """A data set of pairs: moments per row, its seeds' beginning, and the tasks that it shows."""

    moments: int
    seed_base: int
    tasks: tuple[str, ...]


KINDS = {
    "pictures": Kind(1, 60_000_000, PICTURE_TASKS),
    "clips": Kind(CLIP_MOMENTS, 65_000_000, DRAWN_TASKS),
}


def render_pairs(kind_name: str, domain_name: str, count: int, minutes: float) -> DataSet:
    """Renders up to `count` rows for as long as allowed, or returns what is already there."""
    name = f"edit-{kind_name}-{domain_name}"
    folder, kind = data_folder(name), KINDS[kind_name]
    if is_complete(folder):
        return DataSet(folder)
    rng, start = random.Random(kind.seed_base), time.time()
    shape = (count, kind.moments, LATENT_SIZE, LATENT_SIZE)
    shapes = {"sources": (*shape, 3), "targets": (*shape, 3), "masks": shape}
    arrays = {key: create_array(folder, key, size) for key, size in shapes.items()}
    pairs: list[Pair] = []
    moments: list[list[float]] = []
    while len(pairs) < count and time.time() - start < 60 * minutes:
        row, domain = len(pairs), EDIT_DOMAINS[domain_name]
        pair = draw_pair(rng, domain, kind.seed_base + row, kind.tasks)
        # Most pictures that are edited are key frames; the others are later moments of clips.
        first = kind.moments == 1 and rng.random() < FIRST_FRAMES
        times = [0.0] if first else draw_times(rng, kind.moments)
        arrays["sources"][row] = pair.latents(times, after=False)
        arrays["targets"][row] = pair.latents(times, after=True)
        arrays["masks"][row] = pair.masks(times)
        pairs.append(pair)
        moments.append(times)
        if len(pairs) % 500 == 0:
            each = (time.time() - start) / len(pairs)
            print(f"{name}: {len(pairs)}/{count}, {each:.3f} s each", flush=True)
    for array in arrays.values():
        array.flush()  # type: ignore[attr-defined]
    return write_index(
        folder,
        [pair.source for pair in pairs],
        [pair.seed for pair in pairs],
        kind=name,
        edits=[[pair.edit.task, pair.edit.value] for pair in pairs],
        times=moments,
    )


def pair_count(preset: Preset, kind: str) -> int:
    """How many pairs a preset trains on; each serves forward, backward and mirrored."""
    return preset.keyframes if kind == "pictures" else 2 * preset.clips


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--domain", choices=sorted(EDIT_DOMAINS), default="first")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--count", type=int, help="rows; the preset's by default")
    parser.add_argument(
        "--minutes", type=float, default=1e6, help="stop after this long, with what is done"
    )
    arguments = parser.parse_args(argv)
    count = arguments.count or pair_count(PRESETS[arguments.preset], arguments.kind)
    found = render_pairs(arguments.kind, arguments.domain, count, arguments.minutes)
    print(f"{len(found)} pairs in {found.folder}")


if __name__ == "__main__":
    main()
