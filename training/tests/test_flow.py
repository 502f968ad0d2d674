"""Sampling goes straight to the picture, or by way of new noise between two noise levels."""

import torch
from torch import Tensor

from training.flow import Renoising, euler

PICTURE = torch.tensor([[0.5, -0.25]])
NOISE = torch.tensor([[2.0, -1.0]])


def visited(renoising: Renoising | None) -> list[Tensor]:
    """What a network that always sees the picture is shown, by step of four."""
    shown: list[Tensor] = []

    def denoise(x: Tensor, _timestep: Tensor) -> Tensor:
        shown.append(x)
        return PICTURE

    assert torch.allclose(euler(denoise, NOISE, 4, renoising), PICTURE)
    return shown


def test_straight_steps_keep_the_noise() -> None:
    for index, x in enumerate(visited(None)):
        sigma = 1 - index / 4
        assert torch.allclose(x, (1 - sigma) * PICTURE + sigma * NOISE)


def test_new_noise_comes_between_the_levels_only() -> None:
    other = torch.tensor([[-3.0, 1.5]])
    shown = visited(Renoising(lambda: other, lowest=0.5, highest=0.95))
    for index, noise in enumerate((NOISE, NOISE, other, other)):
        sigma = 1 - index / 4
        assert torch.allclose(shown[index], (1 - sigma) * PICTURE + sigma * noise)
