"""Rendered edit pairs as the editor trains on them: which are drawn, in which direction, and what weighs in them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import dataset
from training.edit_world.tasks import Edit, undone
from training.train.pictures import subject_weights
from training.train.rows import Emphasis, emphasis_on

HELD_OUT_PAIRS = 200
"""The data set's last rows are never trained on; sheets show them."""

GLOBAL_SHARE, CHANGED_LEVELS, MOST_CHANGED_WEIGHT = 0.6, 12, 60.0


def change_weights(masks: np.ndarray, sources: np.ndarray, targets: np.ndarray) -> Tensor:
    """Loss weights [B, F, 1, 64, 64], mean 1 per sample.

    Where an edit changes a part of the picture, that part has half of the weight, however small it is (glasses are
    twenty pixels); where it changes nearly everything, the subject has more.
    """
    changed = np.abs(targets.astype(np.int16) - sources).max(-1) > CHANGED_LEVELS
    local = changed.mean((1, 2, 3)) < GLOBAL_SHARE
    inside = F.max_pool2d(torch.from_numpy(changed).float(), 5, 1, 2)
    share = inside.mean((1, 2, 3), keepdim=True).clamp(min=1 / MOST_CHANGED_WEIGHT)
    halves = torch.where(inside > 0, 0.5 / share, 0.5 / (1 - share))
    weight = torch.where(
        torch.from_numpy(local)[:, None, None, None], halves, subject_weights(masks)
    )
    return (weight / weight.mean((1, 2, 3), keepdim=True))[:, :, None]


class Pairs:
    """One rendered data set of pairs, each readable forward and, but for styles, backward.

    `emphasis`: how much oftener than rendered pairs are drawn, by task and by "attribute=value" of their source.
    """

    def __init__(self, name: str, emphasis: Emphasis) -> None:
        data = dataset(name)
        self.sources, self.targets, self.masks = (
            data.array(key) for key in ("sources", "targets", "masks")
        )
        self.times = np.array(data.index["times"], np.float32)
        self.forward = [Edit(task, value) for task, value in data.index["edits"]]
        self.backward = [undone(*pair) for pair in zip(data.attributes, self.forward, strict=True)]
        self.count = len(data) - min(HELD_OUT_PAIRS, len(data) // 4)
        pairs = zip(data.attributes[: self.count], self.forward, strict=False)
        shares = np.array(
            [emphasis.get(edit.task, 1.0) * emphasis_on(source, emphasis) for source, edit in pairs]
        )
        self.shares = shares / shares.sum()

    def rows(self, rows: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Sources, targets, masks and seconds of rows, mirrored half of the time."""
        found = tuple(a[rows] for a in (self.sources, self.targets, self.masks, self.times))
        for index in np.flatnonzero(rng.random(len(rows)) < 0.5):
            for array in found[:3]:
                array[index] = array[index][:, :, ::-1]
        return found

    def draw(
        self, count: int, rng: np.random.Generator
    ) -> tuple[list[Edit], tuple[np.ndarray, ...]]:
        """Drawn pairs, backward half of the time where that is an edit too."""
        rows = rng.choice(self.count, count, p=self.shares)
        sources, targets, masks, times = self.rows(rows, rng)
        edits = []
        for index, row in enumerate(rows):
            back = self.backward[row] if rng.random() < 0.5 else None
            edits.append(back or self.forward[row])
            if back:
                sources[index], targets[index] = targets[index].copy(), sources[index].copy()
        return edits, (sources, targets, masks, times)
