"""A rendered data set on disk: `.npy` arrays that are mapped, not read, and an index of scenes."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.world.attributes import Attributes

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class DataSet:
    """One data set's folder: arrays by name and the attributes and seed of every row."""

    folder: Path

    @cached_property
    def index(self) -> dict[str, Any]:
        return json.loads((self.folder / "index.json").read_text())

    @cached_property
    def attributes(self) -> list[Attributes]:
        return [Attributes(**row) for row in self.index["attributes"]]

    @cached_property
    def seeds(self) -> list[int]:
        return self.index["seeds"]

    def array(self, name: str) -> NDArray[Any]:
        """An array, mapped read-only."""
        return np.load(self.folder / f"{name}.npy", mmap_mode="r")

    def __len__(self) -> int:
        return len(self.seeds)


def create_array(
    folder: Path, name: str, shape: tuple[int, ...], *, float32: bool = False
) -> NDArray[Any]:
    """A new array on disk, written through the mapping: uint8, or float32 where that is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    dtype = np.float32 if float32 else np.uint8
    return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=dtype, shape=shape)


def write_index(
    folder: Path, attributes: list[Attributes], seeds: list[int], **more: Any
) -> DataSet:
    """Completes a data set; a folder without an index is unfinished and rendered again."""
    content = {"attributes": [asdict(row) for row in attributes], "seeds": seeds, **more}
    (folder / "index.json").write_text(json.dumps(content))
    return DataSet(folder)


def is_complete(folder: Path) -> bool:
    """Whether rendering finished here."""
    return (folder / "index.json").exists()


def area_average(pixels: Pixels, factor: int) -> Pixels:
    """Shrinks uint8 [H, W, C] by averaging factor x factor pixels, rounded: what the pocket encoder does."""
    height, width, channels = pixels.shape
    blocks = pixels.reshape(height // factor, factor, width // factor, factor, channels)
    count = factor * factor
    return ((blocks.sum((1, 3), dtype=np.uint32) + count // 2) // count).astype(np.uint8)
