"""Kernel distance: how far a set of pictures is from another one in the judge's features."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training.models.judge import Judge


@torch.no_grad()
def features(judge: Judge, pictures: Tensor) -> Tensor:
    """Pictures [N, 3, 128, 128] -> what the judge's heads read, float32 [N, 192]."""
    return torch.cat([judge.features(part) for part in pictures.split(64)])


@dataclass(frozen=True)
class Scale:
    """Mean and spread of real pictures' features, by which all features are made comparable."""

    mean: Tensor
    spread: Tensor

    def __call__(self, rows: Tensor) -> Tensor:
        return (rows - self.mean) / self.spread


def scale_of(real: Tensor) -> Scale:
    """The scale of real features [N, D]; features that never vary are left out of account."""
    spread = real.std(0)
    return Scale(real.mean(0), torch.where(spread > 1e-3, spread, torch.inf))


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Squared maximum mean discrepancy, unbiased, cubic kernel, times 1000 (arXiv 1801.01401), of scaled features."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    def off_diagonal(k: Tensor) -> Tensor:
        return (k.sum() - k.diagonal().sum()) / (len(k) * (len(k) - 1))

    distance = off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y)) - 2 * kernel(x, y).mean()
    return 1000 * distance.item()
