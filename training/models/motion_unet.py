"""The motion denoiser: the keyframe U-Net with a key frame, frame times and attention between frames."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    TemporalAttention,
    sinusoidal_embedding,
    zeroed,
)
from training.models.unet import UNet, UNetConfig

CLIP_SECONDS = 4.0
# Motion is predicted in eighths of the picture, so that nothing moves far before training.
FLOW_SCALE = 0.25


@dataclass(frozen=True)
class MotionUNetConfig(UNetConfig):
    """Sizes of the motion U-Net; it makes `num_frames` frames after the key frame."""

    num_frames: int = 16


class MotionUNet(UNet):
    """Noisy frames + timestep + text + key frame + frame times -> clean frames (x-prediction).

    sample float32 [B, 3, F, 64, 64], timestep float32 [B] = 1000 * sigma, encoder_hidden_states float32 [B, 32, D],
    image_latents float32 [B, 3, 64, 64], frame_times float32 [F] or [B, F] in seconds -> x0 float32 [B, 3, F, 64, 64].
    Every frame is a blend of what the U-Net draws and of the key frame warped by a predicted motion field: most of a
    clip is its key frame, still or moved. What it adds to the keyframe network begins at zero, so training starts from
    the trained T2I, blended evenly with the key frame.
    """

    def __init__(self, config: MotionUNetConfig) -> None:
        super().__init__(config)
        low, mid, high = config.block_out_channels
        patch = config.in_channels * config.patch_size**2
        width, heads = config.condition_channels, config.attention_heads
        self.key_in = zeroed(nn.Conv2d(patch, low, 3, padding=1))
        self.frame_embedding = nn.Sequential(
            nn.Linear(EMBEDDING_CHANNELS, width), nn.SiLU(), zeroed(nn.Linear(width, width))
        )
        self.frame_mid = nn.Linear(EMBEDDING_CHANNELS, mid)
        self.frame_high = nn.Linear(EMBEDDING_CHANNELS, high)
        self.warp_out = zeroed(nn.Conv2d(low, 3 * config.patch_size**2, 3, padding=1))
        centres = (torch.arange(config.sample_size) + 0.5) / config.sample_size * 2 - 1
        self.register_buffer("centres", centres, persistent=False)
        self.temporal = nn.ModuleDict(
            {"down1": TemporalAttention(mid, heads), "up1": TemporalAttention(mid, heads)}
            | {f"mid{index}": TemporalAttention(high, heads) for index in range(config.mid_layers)}
        )

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        image_latents: Tensor,
        frame_times: Tensor,
    ) -> Tensor:
        frames = int(sample.shape[2])

        def per_frame(x: Tensor) -> Tensor:
            """[B, ...] repeated for every frame: [B * F, ...]."""
            return x[:, None].expand(-1, frames, *[-1] * (x.ndim - 1)).flatten(0, 1)

        times = sinusoidal_embedding(frame_times.flatten() / CLIP_SECONDS).unflatten(
            0, (-1, frames)
        )
        condition = self.condition(timestep, encoder_hidden_states)[:, None] + self.frame_embedding(
            times
        )
        condition = F.silu(condition.flatten(0, 1))
        text = per_frame(self.text_projection(encoder_hidden_states))
        key = F.pixel_unshuffle(image_latents, self.config.patch_size).contiguous(
            memory_format=torch.channels_last
        )
        x = self.embed(sample.transpose(1, 2).flatten(0, 1)) + per_frame(self.key_in(key))
        mid, high = self.frame_mid(times), self.frame_high(times)

        def temporal(place: str, y: Tensor) -> Tensor:
            return self.temporal[place](y, high if place.startswith("mid") else mid)

        features = self.trunk(x, condition, text, temporal)
        predicted = F.pixel_shuffle(self.warp_out(features), self.config.patch_size).float()
        blend, moved = blend_and_move(predicted, per_frame(image_latents), self.centres)
        made = blend * moved + (1 - blend) * self.picture(features)
        return made.unflatten(0, (-1, frames)).transpose(1, 2)


def blend_and_move(predicted: Tensor, picture: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """How much of each pixel is `picture` [N, 1, H, W], and the picture moved to there [N, 3, H, W].

    predicted float32 [N, 3, H, W]: a logit, and a motion in shares of FLOW_SCALE; centres [W] of pixels in -1..1.
    """
    motion = predicted[:, 1:] * FLOW_SCALE
    target = torch.stack([motion[:, 0] + centres, motion[:, 1] + centres[:, None]], -1)
    moved = F.grid_sample(
        picture, target, mode="bilinear", padding_mode="border", align_corners=False
    )
    return predicted[:, :1].sigmoid(), moved
