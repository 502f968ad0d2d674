"""Renders the data sets: `python -m training.data.render keyframes|clips|windows|stills|exams [--domain full]`."""

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.config import PRESETS
from training.data.store import (
    DataSet,
    Pixels,
    area_average,
    create_array,
    is_complete,
    write_index,
)
from training.paths import data_folder
from training.world.attributes import (
    FIRST_DOMAIN,
    FULL_DOMAIN,
    Attributes,
    Domain,
    is_held_out,
    sample_attributes,
)
from training.world.placement import DEPTHS, placement
from training.world.render import render, subject_mask
from training.world.scene import Scene

DOMAINS = {"first": FIRST_DOMAIN, "full": FULL_DOMAIN}
LATENT_SIZE, RENDER_SIZE, STILL_SIZE = 64, 128, 512
EXAM_SIZE, LATER_EXAMS = 128, 0.5
CLIP_FRAMES, CLIP_FPS = 17, 4
LATER_CLIPS = 0.25
"""The share of clips whose first frame is no beginning: a clip is extended from its last frame, in mid-stride."""
WINDOW_FRAMES, WINDOW_FPS = 13, 16
"""A window is four key frames at 4 fps and the frames between them at 16 fps."""

# Every kind of data draws its scenes from seeds of its own, so that nothing is judged on scenes it learned from.
SEED_BASES = {
    "keyframes": 1_000_000,
    "clips": 20_000_000,
    "windows": 30_000_000,
    "stills": 40_000_000,
    "exams": 50_000_000,
}
EVALUATION_SEED_BASE = 90_000_000


@dataclass(frozen=True)
class Kind:
    """A kind of data set: the shape of its arrays, how one row is drawn, and which arrays are no bytes."""

    shapes: dict[str, tuple[int, ...]]
    draw: Callable[[Scene, random.Random], dict[str, NDArray[Any]]]
    floats: tuple[str, ...] = ()


def latent(scene: Scene, time_s: float) -> Pixels:
    """A frame as the networks see it, uint8 [64, 64, 3]."""
    return area_average(render(scene, time_s, size=RENDER_SIZE), RENDER_SIZE // LATENT_SIZE)


def draw_keyframe(scene: Scene, _rng: random.Random) -> dict[str, Pixels]:
    return {"frames": latent(scene, 0.0), "masks": subject_mask(scene, 0.0, size=LATENT_SIZE)}


def draw_frames(scene: Scene, count: int, fps: int, start: float = 0.0) -> dict[str, NDArray[Any]]:
    times = [start + index / fps for index in range(count)]
    return {
        "frames": np.stack([latent(scene, t) for t in times]),
        "masks": np.stack([subject_mask(scene, t, size=LATENT_SIZE) for t in times]),
        "placements": np.stack([placement(scene, t) for t in times]),
    }


def draw_start(rng: random.Random, later_share: float) -> float:
    """Time 0, or in `later_share` of the draws any of the first four seconds."""
    return rng.uniform(0, 4) if rng.random() < later_share else 0.0


def draw_clip(scene: Scene, rng: random.Random) -> dict[str, NDArray[Any]]:
    return draw_frames(scene, CLIP_FRAMES, CLIP_FPS, draw_start(rng, LATER_CLIPS))


def draw_window(scene: Scene, rng: random.Random) -> dict[str, NDArray[Any]]:
    return draw_frames(scene, WINDOW_FRAMES, WINDOW_FPS, rng.choice(range(13)) / CLIP_FPS)


def draw_still(scene: Scene, rng: random.Random) -> dict[str, Pixels]:
    return {"frames": render(scene, rng.choice((0.0, rng.uniform(0, 4))), size=STILL_SIZE)}


def draw_exam(scene: Scene, rng: random.Random) -> dict[str, Pixels]:
    """A picture for the judge, at time 0 where the action can be told, or at any time."""
    time_s = draw_start(rng, LATER_EXAMS)
    return {
        "frames": area_average(render(scene, time_s, size=2 * EXAM_SIZE), 2),
        "starts": np.array([time_s == 0], np.uint8),
    }


def moving(frames: int) -> dict[str, tuple[int, ...]]:
    """The shapes of frames one after the other, and of where things lie in them."""
    return {
        "frames": (frames, *PICTURE),
        "masks": (frames, *MASK),
        "placements": (frames, 1 + len(DEPTHS), 2, 3),
    }


PICTURE, MASK = (LATENT_SIZE, LATENT_SIZE, 3), (LATENT_SIZE, LATENT_SIZE)
KINDS = {
    "keyframes": Kind({"frames": PICTURE, "masks": MASK}, draw_keyframe),
    "clips": Kind(moving(CLIP_FRAMES), draw_clip, floats=("placements",)),
    "windows": Kind(moving(WINDOW_FRAMES), draw_window, floats=("placements",)),
    "stills": Kind({"frames": (STILL_SIZE, STILL_SIZE, 3)}, draw_still),
    "exams": Kind({"frames": (EXAM_SIZE, EXAM_SIZE, 3), "starts": (1,)}, draw_exam),
}


def draw_attributes(
    rng: random.Random, domain: Domain, *, held_out: bool | None = False
) -> Attributes:
    """A combination for training (`held_out` False), for the transfer test (True), or either (None)."""
    while True:
        attributes = sample_attributes(rng, domain)
        if held_out is None or is_held_out(attributes) == held_out:
            return attributes


def render_dataset(name: str, kind_name: str, domain: Domain, count: int) -> DataSet:
    """Renders `count` rows into the data folder `name`, or returns what is already there."""
    folder, kind = data_folder(name), KINDS[kind_name]
    if is_complete(folder):
        return DataSet(folder)
    base, rng, start = SEED_BASES[kind_name], random.Random(SEED_BASES[kind_name]), time.time()
    arrays = {
        key: create_array(folder, key, (count, *shape), float32=key in kind.floats)
        for key, shape in kind.shapes.items()
    }
    attributes: list[Attributes] = []
    for row in range(count):
        attributes.append(draw_attributes(rng, domain))
        for key, pixels in kind.draw(Scene(attributes[-1], base + row), rng).items():
            arrays[key][row] = pixels
        if row % 1000 == 999:
            print(
                f"{name}: {row + 1}/{count} rows, {(time.time() - start) / (row + 1) * 1000:.1f} ms each",
                flush=True,
            )
    for array in arrays.values():
        array.flush()  # type: ignore[attr-defined]
    return write_index(folder, attributes, [base + row for row in range(count)], kind=kind_name)


def dataset(name: str) -> DataSet:
    """A finished data set; says how to make it when it is missing."""
    folder: Path = data_folder(name)
    if not is_complete(folder):
        raise SystemExit(
            f"{folder} is missing or unfinished: run python -m training.data.render {name.split('-')[0]}"
        )
    return DataSet(folder)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="first")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--count", type=int, help="rows; the preset's by default")
    arguments = parser.parse_args(argv)
    count = arguments.count or getattr(PRESETS[arguments.preset], arguments.kind)
    name = f"{arguments.kind}-{arguments.domain}"
    found = render_dataset(name, arguments.kind, DOMAINS[arguments.domain], count)
    print(f"{name}: {len(found)} rows in {found.folder}")


if __name__ == "__main__":
    main()
