"""The motion denoiser: the keyframe U-Net with a key frame, frame times and attention between frames."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    TemporalAttention,
    sampled,
    sinusoidal_embedding,
    zeroed,
)
from training.models.layer_motion import CLIP_SECONDS, LAYERS, LayerMotion, moved_by
from training.models.unet import UNet, UNetConfig

# Motion is predicted in eighths of the picture, so that nothing moves far before training.
FLOW_SCALE = 0.25
LAYER_LOGIT = -2.0
"""How little of the moved layers is taken before training."""


@dataclass(frozen=True)
class MotionUNetConfig(UNetConfig):
    """Sizes of the motion U-Net; it makes `num_frames` frames after the key frame.

    `layer_channels`: the width of what predicts the motion of layers (0: nothing does, as in families before).
    """

    num_frames: int = 16
    layer_channels: int = 0


class Layered(NamedTuple):
    """What frames are mixed of, first what is drawn, then the moved layers: shares [N, 1 + L, H, W] and pictures
    [N, 1 + L, 3, H, W].
    """

    shares: Tensor
    pictures: Tensor

    def mixed(self) -> Tensor:
        """The frames [N, 3, H, W]."""
        return (self.shares[:, :, None] * self.pictures).sum(1)


class MotionUNet(UNet):
    """Noisy frames + timestep + text + key frame + frame times -> clean frames (x-prediction).

    sample float32 [B, 3, F, 64, 64], timestep float32 [B] = 1000 * sigma, encoder_hidden_states float32 [B, 32, D],
    image_latents float32 [B, 3, 64, 64], frame_times float32 [F] or [B, F] in seconds -> x0 float32 [B, 3, F, 64, 64].
    layer_maps float32 [B, F, 4, 2, 3], for training: how layers move, where that is known and need not be predicted.
    Every frame is a blend of what the U-Net draws and of the key frame, warped by a predicted motion field and moved as
    the subject, the ground and what is far move and a little further: most of a clip is its key frame. What it adds to
    the keyframe network begins at zero, so training starts from the trained T2I, blended with the key frame.
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
        if config.layer_channels:
            self.layer_motion = LayerMotion(
                config.cross_attention_dim, config.layer_channels, config.sample_size
            )
            self.layers_in = zeroed(nn.Conv2d(LAYERS * patch, low, 3, padding=1))
            self.layers_out = zeroed(
                nn.Conv2d(low, 3 * LAYERS * config.patch_size**2, 3, padding=1)
            )
        self.temporal = nn.ModuleDict(
            {"down1": TemporalAttention(mid, heads), "up1": TemporalAttention(mid, heads)}
            | {f"mid{index}": TemporalAttention(high, heads) for index in range(config.mid_layers)}
        )

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.mixed(*inputs)[0]

    def mixed(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        image_latents: Tensor,
        frame_times: Tensor,
        layer_maps: Tensor | None = None,
    ) -> tuple[Tensor, Layered | None]:
        """The frames, and what they are mixed of where there are layers; N is B * F."""
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
        picture = per_frame(image_latents)
        if self.config.layer_channels:
            if layer_maps is None:
                layer_maps = self.layer_motion(encoder_hidden_states, image_latents, frame_times)
            maps = layer_maps.flatten(0, 1)
            layers = moved_by(maps, picture, self.centres)
            x = x + self.layers_in(F.pixel_unshuffle(layers, self.config.patch_size))
        mid, high = self.frame_mid(times), self.frame_high(times)

        def temporal(place: str, y: Tensor) -> Tensor:
            return self.temporal[place](y, high if place.startswith("mid") else mid)

        features = self.trunk(x, condition, text, temporal)
        predicted = F.pixel_shuffle(self.warp_out(features), self.config.patch_size).float()
        blend, moved = blend_and_move(predicted, picture, self.centres)
        made, layered = blend * moved + (1 - blend) * self.picture(features), None
        if self.config.layer_channels:
            told = F.pixel_shuffle(self.layers_out(features), self.config.patch_size).float()
            further = told[:, LAYERS:].unflatten(1, (LAYERS, 2)) * FLOW_SCALE
            layers = moved_by(maps, picture, self.centres, further)
            logits = told[:, :LAYERS] + LAYER_LOGIT
            shares = torch.cat([torch.zeros_like(logits[:, :1]), logits], 1).softmax(1)
            pictures = torch.cat([made[:, None], layers.unflatten(1, (LAYERS, 3))], 1)
            layered = Layered(shares, pictures)
            made = layered.mixed()
        return made.unflatten(0, (-1, frames)).transpose(1, 2), layered


def blend_and_move(predicted: Tensor, picture: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """How much of each pixel is `picture` [N, 1, H, W], and the picture moved to there [N, 3, H, W].

    predicted float32 [N, 3, H, W]: a logit, and a motion in shares of FLOW_SCALE; centres [W] of pixels in -1..1.
    """
    motion = predicted[:, 1:] * FLOW_SCALE
    target = torch.stack([motion[:, 0] + centres, motion[:, 1] + centres[:, None]], -1)
    return predicted[:, :1].sigmoid(), sampled(picture, target)
