"""Between 512x512 pictures and 64x64 latents: an area average one way, a learned upsampler the other."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FACTOR = 8


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes of the upsampler: widths and residual blocks at 64x64 and at 128x128."""

    widths: tuple[int, int] = (48, 32)
    blocks: tuple[int, int] = (3, 2)


class PlainResidual(nn.Module):
    """Two 3x3 convolutions without norm; begins as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


def cubic_kernel() -> Tensor:
    """Bicubic enlargement by 8 as a convolution [64, 1, 5, 5] before a pixel shuffle: faster than a Resize."""
    impulse = F.interpolate(torch.eye(9)[None, None], size=(9 * FACTOR, 9), mode="bicubic")[0, 0]
    taps = impulse[4 * FACTOR : 5 * FACTOR, 2:7]  # what 8 neighbouring outputs take from 5 inputs
    return torch.einsum("ay,bx->abyx", taps, taps).flatten(0, 1)[:, None]


class Upsampler(nn.Module):
    """Latents float32 [B, 3, h, w] -> pictures float32 [B, 3, 8h, 8w]: bicubic plus a learned residual."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        low, high = config.widths
        self.conv_in = nn.Conv2d(3, low, 3, padding=1)
        self.low = nn.ModuleList([PlainResidual(low) for _ in range(config.blocks[0])])
        self.expand = nn.Conv2d(low, 4 * high, 1)
        self.high = nn.ModuleList([PlainResidual(high) for _ in range(config.blocks[1])])
        self.conv_out = nn.Conv2d(high, 48, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)
        self.register_buffer("cubic", cubic_kernel(), persistent=False)

    def enlarge(self, x: Tensor) -> Tensor:
        """Bicubic enlargement of every channel by itself."""
        planes = F.pad(x.float().flatten(0, 1)[:, None], (2, 2, 2, 2), mode="replicate")
        return F.pixel_shuffle(F.conv2d(planes, self.cubic), FACTOR).unflatten(0, (-1, 3))[:, :, 0]

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv_in(x.contiguous(memory_format=torch.channels_last))
        for block in self.low:
            h = block(h)
        h = F.pixel_shuffle(self.expand(F.relu(h)), 2)
        for block in self.high:
            h = block(h)
        return self.enlarge(x) + F.pixel_shuffle(self.conv_out(F.relu(h)), 4)


class FrameDecoder(nn.Module):
    """The exported decoder: latent_sample float32 [B, 3, 64, 64] -> frames uint8 [B, 512, 512, 3]."""

    def __init__(self, upsampler: Upsampler) -> None:
        super().__init__()
        self.upsampler = upsampler

    def forward(self, latent_sample: Tensor) -> Tensor:
        pictures = self.upsampler(latent_sample).clamp(-1, 1)
        return ((pictures + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)


class AreaEncoder(nn.Module):
    """The exported encoder: sample float32 [B, 3, 512, 512] in [-1, 1] -> latent_sample float32 [B, 3, 64, 64]."""

    def forward(self, sample: Tensor) -> Tensor:
        return F.avg_pool2d(sample, FACTOR)
