"""Which rows a step trains on: several data sets with a share each, rare values of attributes more often."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.render import dataset
from training.data.store import DataSet
from training.world.attributes import Attributes, Domain

Emphasis = Mapping[str, float]
"""How much oftener than otherwise rows are drawn, by what they show: "subject=fox"."""


def emphasis_on(row: Attributes, emphasis: Emphasis) -> float:
    """How much oftener one row is drawn."""
    shown = (f"{name}={value}" for name, value in vars(row).items())
    return math.prod(emphasis.get(key, 1.0) for key in shown)


def known_emphasis(
    asked: Iterable[tuple[str, float]], domain: Domain, also: Iterable[str] = ()
) -> dict[str, float]:
    """Checked, since a misspelt word would silently weigh nothing for hours; `also`: words that are no attribute."""
    shown = {f"{name}={value}" for name, values in vars(domain).items() for value in values}
    emphasis = dict(asked)
    if strange := emphasis.keys() - shown - set(also):
        raise SystemExit(f"--emphasis: {', '.join(sorted(strange))} is nothing that is drawn here")
    return emphasis


def balanced_weights(
    attributes: list[Attributes], emphasis: Emphasis | None = None
) -> NDArray[np.float64]:
    """A probability per row [N]: the mean, over attributes, of drawing all values of that attribute equally often.

    So a value that the data set holds rarely (swimming, fog, glasses) is met more often than in uniform draws.
    """
    weights = np.zeros(len(attributes))
    for name in asdict(attributes[0]):
        values = [getattr(row, name) for row in attributes]
        counts = Counter(values)
        weights += [1 / (counts[value] * len(counts)) for value in values]
    weights *= [emphasis_on(row, emphasis or {}) for row in attributes]
    return weights / weights.sum()


class Mixture:
    """Rows of a data set and of others mixed in, e.g. a smaller domain's, so that its prompts stay well known."""

    def __init__(
        self,
        name: str,
        also: list[tuple[str, float]],
        held_out: int = 0,
        *,
        in_memory: bool = False,
        emphasis: Emphasis | None = None,
    ) -> None:
        self.sets: list[DataSet] = [dataset(name), *(dataset(other) for other, _ in also)]
        self.shares = [1 - sum(share for _, share in also), *(share for _, share in also)]
        if min(self.shares) <= 0:
            raise SystemExit("--also: shares must be positive and leave something for the domain")
        rows = [data.attributes[: len(data) - held_out] for data in self.sets]
        self.bounds = [np.cumsum(balanced_weights(part, emphasis)) for part in rows]
        self.in_memory, self.arrays = in_memory, dict[str, list[NDArray[Any]]]()

    def draw(self, rng: np.random.Generator, count: int) -> list[tuple[int, int]]:
        """`count` picks, each the number of a data set and of a row there, with replacement."""
        sets = rng.choice(len(self.sets), count, p=self.shares)
        return [
            (int(s), int(np.searchsorted(self.bounds[s], rng.random() * self.bounds[s][-1])))
            for s in sets
        ]

    def gather(self, name: str, picks: list[tuple[int, int]]) -> NDArray[Any]:
        """The picked rows of one array, [B, ...]."""
        if name not in self.arrays:
            mapped = [data.array(name) for data in self.sets]
            self.arrays[name] = [np.array(array) if self.in_memory else array for array in mapped]
        return np.stack([self.arrays[name][s][row] for s, row in picks])

    def attributes(self, picks: list[tuple[int, int]]) -> list[Attributes]:
        """What the picked scenes show."""
        return [self.sets[s].attributes[row] for s, row in picks]
