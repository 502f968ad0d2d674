"""Samples key frames from networks in training."""

import torch
from torch import Tensor

from training.flow import euler
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import unconditional_ids


@torch.no_grad()
def sample_pictures(
    encoder: TextEncoder,
    unet: UNet,
    input_ids: Tensor,
    *,
    steps: int = 12,
    guidance: float = 3.0,
    seed: int = 0,
) -> Tensor:
    """Pictures for rows of word ids, with classifier-free guidance; one noise stream for the whole batch."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(input_ids), 3, 64, 64, generator=generator).to(input_ids.device)
    nothing = torch.tensor([unconditional_ids()], device=input_ids.device).expand(
        len(input_ids), -1
    )
    text = encoder(torch.cat([input_ids, nothing]))

    def denoise(x: Tensor, timestep: Tensor) -> Tensor:
        told, untold = unet(torch.cat([x, x]), torch.cat([timestep, timestep]), text).chunk(2)
        return untold + guidance * (told - untold)

    return euler(denoise, noise, steps)
