"""Flow matching with x-prediction: noising, loss weights and the Euler sampler.

x_sigma = (1 - sigma) * x0 + sigma * noise (Liu et al., arXiv 2209.03003; diffusers' FlowMatchEulerDiscreteScheduler).
The networks predict x0 and are told timestep = 1000 * sigma.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

CLIP_SAMPLE_RANGE = 1.05
SIGMA_MEAN, SIGMA_STD, LAYOUT_SIGMA_MEAN = 0.6, 1.0, 3.0
SMALLEST_LOSS_SIGMA = 0.15
STOCHASTIC_LEVELS = (0.5, 0.95)
"""Key frames draw new noise on the steps between these levels: shapes are there by then, fine lines are yet to come."""

Denoiser = Callable[[Tensor, Tensor], Tensor]


def like(sigma: Tensor, x: Tensor) -> Tensor:
    """[B] shaped to broadcast against [B, ...]."""
    return sigma.reshape(-1, *[1] * (x.ndim - 1))


@dataclass(frozen=True)
class NoiseLevels:
    """Which noise levels training meets: logit-normal ones (arXiv 2403.03206, 3.1), and a share close to 1.

    Sampling begins at 1, and a network that never met such noise finds layouts in it instead of following the text, so
    most of the training is about the upper levels: `mean` is that of the logit, 0.6 a little more noise than not. Lines
    and faces are drawn below 0.5, so that once layouts are right a lower mean makes them crisper.
    """

    layout_share: float = 0.0
    mean: float = SIGMA_MEAN

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Levels float32 [count] in 0..1."""
        mean = torch.full((count,), self.mean)
        mean[: round(count * self.layout_share)] = LAYOUT_SIGMA_MEAN
        return torch.sigmoid(torch.randn(count, generator=generator) * SIGMA_STD + mean)


def add_noise(x0: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """The straight path from the clean picture to noise, at `sigma` [B]."""
    s = like(sigma, x0)
    return (1 - s) * x0 + s * noise


def velocity_weighted_error(predicted: Tensor, x0: Tensor, sigma: Tensor, weight: Tensor) -> Tensor:
    """Mean squared error of the velocity (x0_hat - x_sigma) / sigma, so of x0 over sigma, weighted per pixel."""
    return (weight * velocity_error(predicted, x0, sigma).square()).mean()


def velocity_error(predicted: Tensor, x0: Tensor, sigma: Tensor) -> Tensor:
    """The velocity's error, which is that of x0 over sigma; below `SMALLEST_LOSS_SIGMA` over that."""
    return (predicted.float() - x0) / like(sigma, x0).clamp(min=SMALLEST_LOSS_SIGMA)


def still_error(predicted: Tensor, x0: Tensor, sigma: Tensor, still: Tensor) -> Tensor:
    """Mean absolute error of the velocity where `still` [broadcastable to x0] is 1.

    What stands still must be copied exactly: squares hardly see an error of one or two levels, and eyes see it flicker.
    """
    return (still * velocity_error(predicted, x0, sigma).abs()).mean()


@dataclass(frozen=True)
class Renoising:
    """Between noise levels `lowest` and `highest`, each step goes to x0 and comes back with newly drawn noise [B, ...].

    So FlowMatchEulerDiscreteScheduler does with `stochastic_sampling` on all steps. What guidance has put into the
    noise is left behind; straight steps after that keep the fine lines.
    """

    draw: Callable[[], Tensor]
    lowest: float
    highest: float


def euler(
    denoise: Denoiser, noise: Tensor, steps: int, renoising: Renoising | None = None
) -> Tensor:
    """Integrates from noise to a picture; sigma falls linearly from 1 to 0. `denoise(x, timestep [B])` -> x0."""
    x = noise
    for index in range(steps):
        sigma, following = 1 - index / steps, 1 - (index + 1) / steps
        timestep = torch.full((x.shape[0],), 1000.0 * sigma, device=x.device)
        x0 = denoise(x, timestep).float().clamp(-CLIP_SAMPLE_RANGE, CLIP_SAMPLE_RANGE)
        if renoising and following >= renoising.lowest and sigma <= renoising.highest:
            x = (1 - following) * x0 + following * renoising.draw()
        else:
            x = x + (x0 - x) * ((sigma - following) / sigma)
    return x
