"""The decoder's rival: a small autoencoder with 16-fold latents, trained only to be compared with the upsampler."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.codec import PlainResidual

LATENT_CHANNELS = 8
LATENT_NOISE = 0.1


def folded(x: Tensor, channels: int) -> Tensor:
    """Space to channels by 2, averaged to `channels`: the shortcut of a deep compression encoder (arXiv 2410.10733)."""
    y = F.pixel_unshuffle(x, 2)
    return y.unflatten(1, (channels, -1)).mean(2)


def unfolded(x: Tensor, channels: int) -> Tensor:
    """Channels to space by 2, repeated to `channels`: the same shortcut in the decoder."""
    repeats = -(-4 * channels // x.shape[1])
    return F.pixel_shuffle(x.repeat_interleave(repeats, 1)[:, : 4 * channels], 2)


class Autoencoder(nn.Module):
    """Pictures float32 [B, 3, 512, 512] -> latents [B, 8, 32, 32] of unit variance -> pictures again."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(48, 40, 3, padding=1)
        self.wide = PlainResidual(40)
        self.fold = nn.Conv2d(160, 80, 1)
        self.narrow = nn.ModuleList([PlainResidual(80) for _ in range(3)])
        self.to_latents = nn.Conv2d(80, LATENT_CHANNELS, 1)
        self.whiten = nn.BatchNorm2d(LATENT_CHANNELS, affine=False, momentum=0.02)
        self.from_latents = nn.Conv2d(LATENT_CHANNELS, 96, 3, padding=1)
        self.low = nn.ModuleList([PlainResidual(96) for _ in range(3)])
        self.expand0 = nn.Conv2d(96, 4 * 56, 1)
        self.mid = nn.ModuleList([PlainResidual(56) for _ in range(2)])
        self.expand1 = nn.Conv2d(56, 4 * 24, 1)
        self.high = PlainResidual(24)
        self.out = nn.Conv2d(24, 48, 3, padding=1)

    def encode(self, pictures: Tensor) -> Tensor:
        """Halves the pictures, then folds them to 1/16 of their side."""
        x = F.pixel_unshuffle(F.avg_pool2d(pictures, 2), 4)
        x = self.wide(self.patch(x.contiguous(memory_format=torch.channels_last)))
        x = self.fold(F.pixel_unshuffle(x, 2)) + folded(x, 80)
        for block in self.narrow:
            x = block(x)
        return self.whiten(self.to_latents(x))

    def decode(self, latents: Tensor) -> Tensor:
        """Latents -> pictures of 16 times their side."""
        x = self.from_latents(latents)
        for block in self.low:
            x = block(x)
        x = F.pixel_shuffle(self.expand0(x), 2) + unfolded(x, 56)
        for block in self.mid:
            x = block(x)
        x = F.pixel_shuffle(self.expand1(x), 2) + unfolded(x, 24)
        return F.pixel_shuffle(self.out(F.relu(self.high(x))), 4)

    def forward(self, pictures: Tensor) -> Tensor:
        latents = self.encode(pictures)
        if self.training:
            latents = latents + LATENT_NOISE * torch.randn_like(latents)
        return self.decode(latents)
