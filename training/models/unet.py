"""The keyframe denoiser: a convolutional U-Net that predicts the clean picture."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    GROUPS,
    ResidualBlock,
    SpatialAttention,
    WordQueries,
    sinusoidal_embedding,
    zeroed,
)

ZERO_BRANCHES = (
    "text_queries.",
    "guidance_embedding.",
    "layer_motion.",
    "layers_in.",
    "layers_out.",
)
"""What was added to the first networks; it begins at or near zero, so older weights may leave it out."""

STUDENT_GUIDANCE = (1.0, 6.0)
"""The guidance scales that a student is taught, drawn evenly."""


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of the U-Net. `block_out_channels` are the widths at 1/2, 1/4 and 1/8 of `sample_size`.

    `text_queries`: how many questions the network as a whole asks the text (0: none, as the first family).
    `distilled_steps`: of a student, how many steps it was made for; it is told the guidance scale instead of being run
    twice (0: no student).
    """

    block_out_channels: tuple[int, int, int] = (64, 128, 256)
    cross_attention_dim: int = 128
    condition_channels: int = 256
    layers_per_block: int = 2
    mid_layers: int = 3
    attention_heads: int = 4
    sample_size: int = 64
    in_channels: int = 3
    patch_size: int = 2
    text_queries: int = 0
    distilled_steps: int = 0


Temporal = Callable[[str, Tensor], Tensor]


def no_temporal(_place: str, x: Tensor) -> Tensor:
    """The keyframe network has one frame, hence nothing between frames."""
    return x


class UNet(nn.Module):
    """Noisy picture + timestep + text -> clean picture (x-prediction).

    sample float32 [B, 3, 64, 64] = (1 - sigma) * x0 + sigma * noise, timestep float32 [B] = 1000 * sigma,
    encoder_hidden_states float32 [B, 32, D] -> x0 float32 [B, 3, 64, 64]. A student is also told
    guidance_scale float32 [B], and its output is the guided one.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        low, mid, high = config.block_out_channels
        width, heads, depth = (
            config.condition_channels,
            config.attention_heads,
            config.layers_per_block,
        )
        patch = config.in_channels * config.patch_size**2
        size = config.sample_size // config.patch_size
        self.text_projection = nn.Sequential(
            nn.LayerNorm(config.cross_attention_dim), nn.Linear(config.cross_attention_dim, width)
        )
        self.text_pool = nn.Linear(config.cross_attention_dim, width)
        self.time_embedding = nn.Sequential(
            nn.Linear(EMBEDDING_CHANNELS, width), nn.SiLU(), nn.Linear(width, width)
        )
        if config.text_queries:
            self.text_queries = WordQueries(config.cross_attention_dim, width, config.text_queries)
        if config.distilled_steps:
            self.guidance_embedding = nn.Sequential(
                nn.Linear(EMBEDDING_CHANNELS, width), nn.SiLU(), zeroed(nn.Linear(width, width))
            )

        def blocks(first: int, channels: int) -> nn.ModuleList:
            return nn.ModuleList(
                [
                    ResidualBlock(first if i == 0 else channels, channels, width)
                    for i in range(depth)
                ]
            )

        self.conv_in = nn.Conv2d(patch + 2, low, 3, padding=1)
        self.down0 = blocks(low, low)
        self.downsample0 = nn.Conv2d(low, mid, 2, 2)
        self.position1 = nn.Parameter(torch.randn(1, mid, size // 2, size // 2) * 0.02)
        self.down1 = blocks(mid, mid)
        self.down1_attention = SpatialAttention(mid, heads, width, size // 2)
        self.downsample1 = nn.Conv2d(mid, high, 2, 2)
        self.position2 = nn.Parameter(torch.randn(1, high, size // 4, size // 4) * 0.02)
        self.mid = nn.ModuleList(
            [ResidualBlock(high, high, width) for _ in range(config.mid_layers)]
        )
        self.mid_attention = nn.ModuleList(
            [SpatialAttention(high, heads, width, size // 4) for _ in range(config.mid_layers)]
        )
        self.upsample1 = nn.Conv2d(high, 4 * mid, 1)
        self.up1 = blocks(2 * mid, mid)
        self.up1_attention = SpatialAttention(mid, heads, width, size // 2)
        self.upsample0 = nn.Conv2d(mid, 4 * low, 1)
        self.up0 = blocks(2 * low, low)
        self.norm_out = nn.GroupNorm(GROUPS, low)
        self.conv_out = zeroed(nn.Conv2d(low, patch, 3, padding=1))
        self.register_buffer("line", torch.linspace(-1, 1, size), persistent=False)

    def condition(
        self, timestep: Tensor, encoder_hidden_states: Tensor, timestep_cond: Tensor | None = None
    ) -> Tensor:
        """What every residual block is told, [B, E] before the activation: noise level, guidance, the whole text."""
        told = self.time_embedding(sinusoidal_embedding(timestep / 1000))
        told = told + self.text_pool(encoder_hidden_states.mean(1))
        if self.config.text_queries:
            told = told + self.text_queries(encoder_hidden_states)
        if timestep_cond is not None:
            told = told + self.guidance_embedding(timestep_cond)
        return told

    def embed(self, sample: Tensor) -> Tensor:
        """Pictures [N, 3, 64, 64] as features [N, low, 32, 32]; the network is told where each position is."""
        x = F.pixel_unshuffle(sample, self.config.patch_size)
        size = self.config.sample_size // self.config.patch_size
        rows, columns = self.line[:, None].expand(size, size), self.line[None, :].expand(size, size)
        grid = torch.stack([rows, columns])[None].to(x.dtype)
        return self.conv_in(
            torch.cat([x, grid.expand(x.shape[0], -1, -1, -1)], 1).contiguous(
                memory_format=torch.channels_last
            )
        )

    def trunk(
        self, x: Tensor, condition: Tensor, text: Tensor, temporal: Temporal = no_temporal
    ) -> Tensor:
        """Embedded pictures [N, low, 32, 32] -> features of the clean pictures, the same shape, activated."""
        for block in self.down0:
            x = block(x, condition)
        skip0 = x
        x = self.downsample0(x) + self.position1
        for block in self.down1:
            x = block(x, condition)
        x = temporal("down1", self.down1_attention(x, text))
        skip1 = x
        x = self.downsample1(x) + self.position2
        for index, (block, attend) in enumerate(zip(self.mid, self.mid_attention, strict=True)):
            x = temporal(f"mid{index}", attend(block(x, condition), text))
        x = torch.cat([F.pixel_shuffle(self.upsample1(x), 2), skip1], 1)
        x = self.up1[0](x, condition)
        x = temporal("up1", self.up1_attention(x, text))
        for block in self.up1[1:]:
            x = block(x, condition)
        x = torch.cat([F.pixel_shuffle(self.upsample0(x), 2), skip0], 1)
        for block in self.up0:
            x = block(x, condition)
        return F.silu(self.norm_out(x))

    def picture(self, features: Tensor) -> Tensor:
        """What the trunk gives -> clean pictures [N, 3, 64, 64]."""
        return F.pixel_shuffle(self.conv_out(features), self.config.patch_size)

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        timestep_cond: Tensor | None = None,
    ) -> Tensor:
        condition = F.silu(self.condition(timestep, encoder_hidden_states, timestep_cond))
        text = self.text_projection(encoder_hidden_states)
        return self.picture(self.trunk(self.embed(sample), condition, text))
