"""Noise levels that training meets; sampling goes straight to the picture, or by way of new noise."""

import torch
from torch import Tensor

from training.flow import NoiseLevels, Renoising, euler

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


def test_training_meets_the_noise_levels_asked_for() -> None:
    generator = torch.Generator().manual_seed(0)
    usual, low = NoiseLevels().draw(4000, generator), NoiseLevels(mean=-1.0).draw(4000, generator)
    assert 0.6 < usual.median() < 0.69
    assert 0.22 < low.median() < 0.32
    layouts = NoiseLevels(layout_share=0.25).draw(4000, generator)[:1000]
    assert layouts.median() > 0.93
