"""Contrast as a loss: soft lines cost, shifted ones hardly."""

import torch
from torch.nn import functional as F

from training.contrast import contrast_error


def test_contrast_minds_soft_lines_and_forgives_shifted_ones() -> None:
    low = torch.full((1,), 0.2)
    lines = torch.zeros(1, 3, 48, 48)
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


def test_a_checkerboard_does_not_make_up_for_lines() -> None:
    low, down = torch.full((1,), 0.2), torch.arange(48)
    board = ((down[:, None] + down) % 2).float().expand(1, 3, 48, 48)
    flat, lines = torch.full_like(board, 0.5), torch.zeros_like(board)
    lines[:, :, 5::4] = 1.0
    assert contrast_error(board, lines, low) > contrast_error(flat, lines, low)
    assert contrast_error(board, flat, low) > contrast_error(flat, flat, low)
