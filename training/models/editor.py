"""The editor: the keyframe U-Net with source pictures, a task, a value, frame times and attention between frames."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import (
    EMBEDDING_CHANNELS,
    TemporalAttention,
    attention,
    sinusoidal_embedding,
    zeroed,
)
from training.models.layer_motion import CLIP_SECONDS
from training.models.motion_unet import blend_and_move
from training.models.unet import UNet, UNetConfig


@dataclass(frozen=True)
class EditorConfig(UNetConfig):
    """Sizes of the editor. Row 0 of both tables stands for "not told"; tasks and values begin at row 1."""

    num_tasks: int = 10
    num_values: int = 60


class FrameAttention(TemporalAttention):
    """Temporal attention whose graph takes any number of frames, because its number of clips is fixed instead."""

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        clips, size = int(time.shape[0]), int(x.shape[2])
        tokens = x.flatten(2).unflatten(0, (clips, -1)).permute(0, 3, 1, 2)
        y = (self.norm(tokens) + time[:, None]).flatten(0, 1)
        q, k, v = self.qkv(y).chunk(3, -1)
        y = self.out(attention(q, k, v, self.heads)).unflatten(0, (clips, size * size))
        return x + y.permute(0, 2, 3, 1).flatten(0, 1).unflatten(2, (size, size))


class EditorUNet(UNet):
    """Noisy frames + timestep + instruction + source frames -> clean edited frames (x-prediction).

    sample and image_latents float32 [B, F, 3, 64, 64], timestep float32 [B] = 1000 * sigma, encoder_hidden_states
    float32 [B, 32, D], edit_ids int64 [B, 2] (rows of task and value, 0: not told), frame_times float32 [B, F] in
    seconds -> x0 float32 [B, F, 3, 64, 64].
    A picture is a clip of one frame. Every output pixel is a blend of what the U-Net draws and of the
    source, moved by a predicted motion field: what an edit leaves alone is copied. What this adds to the keyframe
    network begins at zero, so training starts from the trained T2I, blended evenly with the source.
    """

    config: EditorConfig

    def __init__(self, config: EditorConfig) -> None:
        super().__init__(config)
        low, mid, high = config.block_out_channels
        patch = config.in_channels * config.patch_size**2
        width, heads = config.condition_channels, config.attention_heads
        self.source_in = zeroed(nn.Conv2d(patch, low, 3, padding=1))
        self.task_embedding = nn.Embedding(1 + config.num_tasks, width)
        self.value_embedding = nn.Embedding(1 + config.num_values, width)
        for table in (self.task_embedding, self.value_embedding):
            nn.init.normal_(table.weight, std=0.02)
        self.frame_embedding = nn.Sequential(
            nn.Linear(EMBEDDING_CHANNELS, width), nn.SiLU(), zeroed(nn.Linear(width, width))
        )
        self.frame_mid = nn.Linear(EMBEDDING_CHANNELS, mid)
        self.frame_high = nn.Linear(EMBEDDING_CHANNELS, high)
        self.warp_out = zeroed(nn.Conv2d(low, 3 * config.patch_size**2, 3, padding=1))
        self.view_out = zeroed(nn.Linear(low, 3))
        centres = (torch.arange(config.sample_size) + 0.5) / config.sample_size * 2 - 1
        self.register_buffer("centres", centres, persistent=False)
        self.temporal = nn.ModuleDict(
            {"down1": FrameAttention(mid, heads), "up1": FrameAttention(mid, heads)}
            | {f"mid{index}": FrameAttention(high, heads) for index in range(config.mid_layers)}
        )

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        image_latents: Tensor,
        edit_ids: Tensor,
        frame_times: Tensor,
    ) -> Tensor:
        clips = int(sample.shape[0])
        times = sinusoidal_embedding(frame_times.flatten() / CLIP_SECONDS).unflatten(0, (clips, -1))
        told = self.task_embedding(edit_ids[:, 0]) + self.value_embedding(edit_ids[:, 1])
        condition = (self.condition(timestep, encoder_hidden_states) + told)[:, None]
        condition = F.silu((condition + self.frame_embedding(times)).flatten(0, 1))
        text = self.text_projection(encoder_hidden_states)[:, None]
        # Repeated by arithmetic: an expand would fix the number of frames in the exported graph.
        text = (text + 0 * times[:, :, :1, None]).flatten(0, 1)
        source = image_latents.flatten(0, 1)
        seen = F.pixel_unshuffle(source, self.config.patch_size).contiguous(
            memory_format=torch.channels_last
        )
        x = self.embed(sample.flatten(0, 1)) + self.source_in(seen)
        mid, high = self.frame_mid(times), self.frame_high(times)

        def temporal(place: str, y: Tensor) -> Tensor:
            return self.temporal[place](y, high if place.startswith("mid") else mid)

        features = self.trunk(x, condition, text, temporal)
        predicted = F.pixel_shuffle(self.warp_out(features), self.config.patch_size).float()
        keep, moved = blend_and_move(predicted + self.view(features), source, self.centres)
        made = keep * moved + (1 - keep) * self.picture(features)
        return made.unflatten(0, (clips, -1))

    def view(self, features: Tensor) -> Tensor:
        """What the camera's own move adds to the motion: a zoom and two shifts, float32 [N, 3, 64, 64]."""
        zoom, right, down = self.view_out(features.mean((2, 3))).float()[..., None, None].unbind(1)
        across = (zoom * self.centres + right).expand(-1, len(self.centres), -1)
        along = (zoom * self.centres[:, None] + down).expand(-1, -1, len(self.centres))
        return torch.stack([torch.zeros_like(across), across, along], 1)
