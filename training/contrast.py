"""How strong fine lines are: a measure, and a loss against soft ones."""

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


def contrast_difference(predicted: Tensor, x0: Tensor) -> Tensor:
    """Mean absolute difference of local contrast, by picture [B].

    The mean of all pictures that are possible, which is what squared errors ask for, has softer lines than any of them.
    How strong lines are around a place is far more certain than which pixel they run through. Absolute, since squares
    would hardly see a faint weave where all is flat, and eyes do.
    """
    return (local_contrast(predicted.float()) - local_contrast(x0)).abs().mean((1, 2, 3))


def contrast_error(predicted: Tensor, x0: Tensor, sigma: Tensor) -> Tensor:
    """Local contrast's error, weighed as a velocity's, where fine lines are drawn; 0 at higher levels."""
    fine = sigma <= FINE_LINES_SIGMA
    share = fine / sigma.clamp(min=SMALLEST_LOSS_SIGMA)
    return (share * contrast_difference(predicted, x0)).mean()
