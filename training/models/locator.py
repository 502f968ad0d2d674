"""The locator: where the subject is in a picture; it measures motion and never sees a generated picture in training."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import GROUPS

WIDTHS = (24, 48, 64)


def layer(in_channels: int, out_channels: int) -> nn.Sequential:
    """A normalised 3x3 convolution."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.GroupNorm(GROUPS, out_channels),
        nn.ReLU(),
    )


class Locator(nn.Module):
    """Latents float32 [B, 3, 64, 64] in [-1, 1] -> logits of the subject's mask, float32 [B, 64, 64]."""

    def __init__(self) -> None:
        super().__init__()
        low, mid, high = WIDTHS
        self.stem = layer(12, low)
        self.down1, self.down2 = layer(low, mid), layer(mid, high)
        self.whole = nn.Linear(high, high)
        self.deep = layer(high, high)
        self.up1, self.up0 = layer(high + mid, mid), layer(mid + low, low)
        self.out = nn.Conv2d(low, 4, 1)

    def forward(self, latents: Tensor) -> Tensor:
        x = F.pixel_unshuffle(latents, 2).contiguous(memory_format=torch.channels_last)
        skip0 = self.stem(x)
        skip1 = self.down1(F.max_pool2d(skip0, 2))
        x = self.down2(F.max_pool2d(skip1, 2))
        x = self.deep(x + self.whole(x.mean((2, 3)))[:, :, None, None])
        x = self.up1(torch.cat([F.interpolate(x, scale_factor=2), skip1], 1))
        x = self.up0(torch.cat([F.interpolate(x, scale_factor=2), skip0], 1))
        return F.pixel_shuffle(self.out(x), 2)[:, 0]


def centre_of(masks: Tensor) -> Tensor:
    """Horizontal centre of masks [..., 64, 64], in latent pixels."""
    columns = masks.sum(-2)
    places = torch.arange(columns.shape[-1], dtype=columns.dtype)
    return (columns * places).sum(-1) / columns.sum(-1).clamp(min=1e-6)


@torch.no_grad()
def locate(locator: Locator, clips: Tensor) -> Tensor:
    """Clips [N, T, 3, 64, 64] -> masks [N, T, 64, 64] in [0, 1]."""
    return torch.stack([locator(clip).sigmoid() for clip in clips])
