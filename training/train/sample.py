"""Samples key frames from networks in training."""

import torch
from torch import Tensor

from training.flow import STOCHASTIC_LEVELS, Renoising, euler
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import unconditional_ids


@torch.no_grad()
def sample_pictures(
    encoder: TextEncoder,
    unet: UNet,
    input_ids: Tensor,
    *,
    steps: int = 8,
    guidance: float = 3.0,
    seed: int = 0,
) -> Tensor:
    """Pictures for rows of word ids, sampled as they are served; one noise stream for the whole batch."""
    generator = torch.Generator().manual_seed(seed)

    def draw() -> Tensor:
        noise = torch.randn(len(input_ids), 3, 64, 64, generator=generator)
        return noise.to(input_ids.device)

    nothing = torch.tensor([unconditional_ids()], device=input_ids.device).expand(
        len(input_ids), -1
    )
    text = encoder(torch.cat([input_ids, nothing]))

    def denoise(x: Tensor, timestep: Tensor) -> Tensor:
        told, untold = unet(torch.cat([x, x]), torch.cat([timestep, timestep]), text).chunk(2)
        return untold + guidance * (told - untold)

    return euler(denoise, draw(), steps, Renoising(draw, *STOCHASTIC_LEVELS))
