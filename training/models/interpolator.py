"""The interpolator: a frame between (or just after) four neighbouring key frames, by learned motion."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    ResidualBlock,
    sampled,
    sinusoidal_embedding,
    zeroed,
)

NEIGHBOURS = 4
LARGEST_POSITION = 2.0
# Motion is predicted in units of the picture's half width; at the start it is nearly none.
FLOW_SCALE = 0.25


@dataclass(frozen=True)
class InterpolatorConfig:
    """Sizes of the interpolator: widths at 32x32, 16x16 and 8x8, and how many blocks see all of it at 8x8."""

    widths: tuple[int, int, int] = (48, 80, 112)
    condition_channels: int = 128
    latent_size: int = 64
    mid_layers: int = 2


class Interpolator(nn.Module):
    """frames float32 [B, 4, 3, 64, 64], known float32 [B, 4], position float32 [B] -> float32 [B, 3, 64, 64].

    The frames are k[i-1], k[i], k[i+1], k[i+2]; unknown ones (known 0) may hold anything. A position in (0, 1) lies
    between k[i] and k[i+1], one in (1, 2) beyond k[i+1]. Each of the four frames is warped by a predicted motion field,
    the four are blended by predicted weights, and a predicted residual is added.
    """

    def __init__(self, config: InterpolatorConfig) -> None:
        super().__init__()
        self.config = config
        low, mid, high = config.widths
        width = config.condition_channels
        self.position_embedding = nn.Sequential(
            nn.Linear(EMBEDDING_CHANNELS + NEIGHBOURS, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
        )
        self.conv_in = nn.Conv2d(4 * 3 * NEIGHBOURS, low, 3, padding=1)
        self.down0 = ResidualBlock(low, low, width)
        self.downsample0 = nn.Conv2d(low, mid, 2, 2)
        self.down1 = ResidualBlock(mid, mid, width)
        self.downsample1 = nn.Conv2d(mid, high, 2, 2)
        self.mid = nn.ModuleList(
            [ResidualBlock(high, high, width) for _ in range(config.mid_layers)]
        )
        self.upsample1 = nn.Conv2d(high, 4 * mid, 1)
        self.up1 = ResidualBlock(2 * mid, mid, width)
        self.upsample0 = nn.Conv2d(mid, 4 * low, 1)
        self.up0 = nn.ModuleList(
            [ResidualBlock(2 * low, low, width), ResidualBlock(low, low, width)]
        )
        # Per pixel: a motion vector and a blend weight for each neighbour, and a residual colour.
        self.conv_out = zeroed(nn.Conv2d(low, 4 * (3 * NEIGHBOURS + 3), 3, padding=1))
        centres = (torch.arange(config.latent_size) + 0.5) / config.latent_size * 2 - 1
        self.register_buffer("centres", centres, persistent=False)

    def features(self, frames: Tensor, known: Tensor, position: Tensor) -> Tensor:
        """What is predicted per pixel, float32 [B, 15, 64, 64]."""
        condition = self.position_embedding(
            torch.cat([sinusoidal_embedding(position / LARGEST_POSITION), known], 1)
        )
        x = F.pixel_unshuffle(frames.flatten(1, 2), 2).contiguous(memory_format=torch.channels_last)
        x = skip0 = self.down0(self.conv_in(x), condition)
        x = skip1 = self.down1(self.downsample0(x), condition)
        x = self.downsample1(x)
        for block in self.mid:
            x = block(x, condition)
        x = self.up1(torch.cat([F.pixel_shuffle(self.upsample1(x), 2), skip1], 1), condition)
        x = torch.cat([F.pixel_shuffle(self.upsample0(x), 2), skip0], 1)
        for block in self.up0:
            x = block(x, condition)
        return F.pixel_shuffle(self.conv_out(F.silu(x)), 2)

    def targets(self, flow: Tensor) -> Tensor:
        """Where each output pixel looks, as grid_sample counts: [4B, 64, 64, 2] from flow [B, 8, 64, 64]."""
        motion = flow.unflatten(1, (NEIGHBOURS, 2)).flatten(0, 1) * FLOW_SCALE
        return torch.stack([motion[:, 0] + self.centres, motion[:, 1] + self.centres[:, None]], -1)

    def forward(self, frames: Tensor, known: Tensor, position: Tensor) -> Tensor:
        return self.carried(frames, known, position)[0]

    def carried(self, frames: Tensor, known: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """The frame, and where in each neighbour its pixels were looked for, -1..1: [B, 4, 64, 64, 2]."""
        frames = frames * known[:, :, None, None, None]
        predicted = self.features(frames, known, position).float()
        flow, score, residual = predicted.split([2 * NEIGHBOURS, NEIGHBOURS, 3], 1)
        targets = self.targets(flow)
        warped = sampled(frames.flatten(0, 1), targets).unflatten(0, (-1, NEIGHBOURS))
        # Before training the blend is the linear one between the two frames around the position.
        bias = nearness(position).log() + (known - 1) * 30
        weights = (score + bias[:, :, None, None]).softmax(1)
        picture = (warped * weights[:, :, None]).sum(1) + residual
        return picture, targets.unflatten(0, (-1, NEIGHBOURS))


def nearness(position: Tensor) -> Tensor:
    """How much of the linear blend each neighbour is, [B, 4], and a little of those that are none."""
    far = torch.zeros_like(position)
    return torch.stack([far, 1 - position, position, far], 1).clamp(0.02, 1)
