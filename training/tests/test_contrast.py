"""Contrast as a loss: soft lines cost, shifted ones hardly."""

import torch
from torch.nn import functional as F

from training.contrast import contrast_error


def test_contrast_minds_soft_lines_and_forgives_shifted_ones() -> None:
    low = torch.full((1,), 0.2)
    lines = torch.zeros(1, 3, 16, 16)
    lines[:, :, 5::4] = 1.0
    shifted = lines.roll(2, 3).roll(2, 2)
    soft = F.avg_pool2d(lines, 3, 1, 1)
    assert contrast_error(lines, lines, low) == 0
    assert contrast_error(soft, lines, low) > 3 * contrast_error(shifted, lines, low)
    assert (shifted - lines).square().mean() > (soft - lines).square().mean()


def test_contrast_counts_where_fine_lines_are_drawn() -> None:
    lines = torch.eye(16).expand(2, 3, 16, 16)
    above, below = torch.tensor([0.6, 0.9]), torch.tensor([0.6, 0.4])
    assert contrast_error(0 * lines, lines, above) == 0
    assert contrast_error(0 * lines, lines, below) > 0
