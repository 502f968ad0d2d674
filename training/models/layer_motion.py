"""How the layers of a clip move, predicted before any frame is drawn (Wang & Adelson, 1994, "Representing moving images
with layers"): the subject's body and what is behind it, at three depths, as affine maps.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    GROUPS,
    WordQueries,
    sampled,
    sinusoidal_embedding,
    zeroed,
)

CLIP_SECONDS = 4.0
LAYERS = 4
"""The subject's body and the depths of world/placement.py, the ground first."""

QUERIES = 8
PATCH = 2


class GatedBlock(nn.Module):
    """A residual block of one gated product: motion is made of products, such as of a phase and a time."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.both = nn.Linear(channels, 4 * channels)
        self.out = nn.Linear(2 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.both(self.norm(x)).chunk(2, -1)
        return x + self.out(F.silu(gate) * value)


class LayerMotion(nn.Module):
    """Text + key frame + frame times -> where in the key frame each layer of each frame was.

    encoder_hidden_states float32 [B, 32, D], image_latents float32 [B, 3, 64, 64], frame_times float32 [F] or [B, F] in
    seconds -> affine maps float32 [B, F, 4, 2, 3] of picture coordinates (-1..1, across and along), of the subject and
    of what is behind it. Begins with nothing moving.
    """

    def __init__(self, text_channels: int, width: int, sample_size: int) -> None:
        super().__init__()
        channels, size = (width // 4, width // 2, width, width), sample_size // PATCH
        layers: list[nn.Module] = [nn.Conv2d(3 * PATCH**2 + 2, channels[0], 3, padding=1)]
        for before, after in zip(channels, channels[1:], strict=False):
            layers += [nn.SiLU(), nn.GroupNorm(GROUPS, before), nn.Conv2d(before, after, 4, 2, 1)]
        self.look = nn.Sequential(*layers, nn.SiLU(), nn.Flatten())
        self.seen = nn.Linear(channels[-1] * (size // 8) ** 2, width)
        self.text_queries = WordQueries(text_channels, width, QUERIES)
        self.time = nn.Linear(EMBEDDING_CHANNELS, width)
        self.blocks = nn.Sequential(*[GatedBlock(width) for _ in range(3)], nn.LayerNorm(width))
        self.out = zeroed(nn.Linear(width, LAYERS * 6))
        line = torch.linspace(-1, 1, size)
        grid = torch.stack(torch.meshgrid(line, line, indexing="ij"))
        self.register_buffer("grid", grid, persistent=False)
        self.register_buffer("still", torch.eye(2, 3), persistent=False)

    def forward(
        self, encoder_hidden_states: Tensor, image_latents: Tensor, frame_times: Tensor
    ) -> Tensor:
        frames = int(frame_times.shape[-1])
        times = sinusoidal_embedding(frame_times.flatten() / CLIP_SECONDS)
        key = F.pixel_unshuffle(image_latents, PATCH)
        key = torch.cat([key, self.grid.expand(key.shape[0], -1, -1, -1)], 1)
        told = self.seen(self.look(key)) + self.text_queries(encoder_hidden_states)
        x = self.blocks(told[:, None] + self.time(times).unflatten(0, (-1, frames)))
        return self.out(x).float().unflatten(-1, (LAYERS, 2, 3)) + self.still


def moved_by(
    affine: Tensor, picture: Tensor, centres: Tensor, further: Tensor | float = 0.0
) -> Tensor:
    """A picture [N, 3, H, W] as each of its maps [N, L, 2, 3] moves it, and `further` [N, L, 2, H, W] at each pixel.

    Returns [N, L * 3, H, W]; centres [W] are those of its pixels in -1..1.
    """
    layers, size = int(affine.shape[1]), int(centres.shape[0])
    across, along = affine[..., 0, None, None], affine[..., 1, None, None]  # [N, L, 2, 1, 1]
    target = across * centres + along * centres[:, None] + affine[..., 2, None, None] + further
    target = target.permute(0, 1, 3, 4, 2).flatten(1, 2)  # [N, L * H, W, 2]
    moved = sampled(picture, target)
    return moved.unflatten(2, (layers, size)).transpose(1, 2).flatten(1, 2)
