"""How strong fine lines are: a measure, and a loss against soft ones."""

import torch
from torch import Tensor
from torch.nn import functional as F

from training.flow import SMALLEST_LOSS_SIGMA

FINE_LINES_SIGMA = 0.5
"""Below this noise level fine lines are drawn."""

CONTRAST_WINDOW, CONTRAST_FLOOR = 4, 1e-5


def local_contrast(pictures: Tensor) -> Tensor:
    """Root mean square of the finest lines in overlapping windows of 4 by 4, [B, C, H, W] -> [B, 1, H', W']."""
    coarse = F.interpolate(F.avg_pool2d(pictures, 2), scale_factor=2, mode="bilinear")
    power = (pictures - coarse).square().mean(1, keepdim=True)
    return (F.avg_pool2d(power, CONTRAST_WINDOW, CONTRAST_WINDOW // 2) + CONTRAST_FLOOR).sqrt()


def without_weave(pictures: Tensor) -> Tensor:
    """Lightly blurred (1, 2, 1), [B, C, H, W]: lines remain, and what alternates from pixel to pixel is gone."""
    line = torch.tensor([1.0, 2.0, 1.0], device=pictures.device) / 4
    kernel = (line[:, None] * line).expand(pictures.shape[1], 1, 3, 3)
    padded = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    return F.conv2d(padded, kernel, groups=pictures.shape[1])


def differences(predicted: Tensor, x0: Tensor) -> tuple[Tensor, Tensor]:
    """Local contrast that is too much (above 0) or too little: of lines, and of what alternates from pixel to pixel."""
    lines, true_lines = without_weave(predicted), without_weave(x0)
    weave, true_weave = predicted - lines, x0 - true_lines
    return (
        local_contrast(lines) - local_contrast(true_lines),
        local_contrast(weave) - local_contrast(true_weave),
    )


def weave_excess(predicted: Tensor, x0: Tensor) -> Tensor:
    """How much more alternates from pixel to pixel than in the true pictures, in local contrast, by picture [B]."""
    return differences(predicted, x0)[1].relu().mean((1, 2, 3))


def contrast_difference(predicted: Tensor, x0: Tensor) -> Tensor:
    """How far local contrast is from the true one's, by picture [B].

    The mean of all pictures that are possible, which is what squared errors ask for, has softer lines than any of them.
    How strong lines are around a place is far more certain than which pixel they run through. Absolute, since squares
    would hardly see a faint weave where all is flat, and eyes do. What alternates from pixel to pixel may be less than
    the true one's and not more: a checkerboard laid wherever it is unsure would be a cheaper contrast than any line.
    """
    lines, weave = differences(predicted.float(), x0)
    return (lines.abs() + weave.relu()).mean((1, 2, 3))


def contrast_error(predicted: Tensor, x0: Tensor, sigma: Tensor) -> Tensor:
    """Local contrast's error, weighed as a velocity's, where fine lines are drawn; 0 at higher levels."""
    fine = sigma <= FINE_LINES_SIGMA
    share = fine / sigma.clamp(min=SMALLEST_LOSS_SIGMA)
    return (share * contrast_difference(predicted, x0)).mean()
