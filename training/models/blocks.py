"""Building blocks shared by the networks: embeddings, residual convolutions, attention."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EMBEDDING_CHANNELS = 128
GROUPS = 8


def sinusoidal_embedding(x: Tensor, channels: int = EMBEDDING_CHANNELS) -> Tensor:
    """Embeds numbers of about [0, 1], float32 [B], as float32 [B, channels]."""
    half = channels // 2
    frequencies = torch.exp(-math.log(1000.0) * torch.arange(half, device=x.device) / half)
    angles = x[:, None] * frequencies[None] * math.sqrt(1000.0)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def guidance_scale_embedding(scale: Tensor, channels: int = EMBEDDING_CHANNELS) -> Tensor:
    """Embeds guidance scales, float32 [B], as diffusers' LCM pipelines do (`timestep_cond`), float32 [B, channels]."""
    half = channels // 2
    frequencies = torch.exp(
        -math.log(10000.0) * torch.arange(half, device=scale.device) / (half - 1)
    )
    angles = (scale - 1)[:, None] * 1000 * frequencies[None]
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def attention(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    """Multi-head attention; each tensor is [B, tokens, channels]."""
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    # The same in two products: the fused operator exports to shape arithmetic, and its bfloat16 gradient takes twice
    # as long on a CPU (31.7 against 67.3 ms of 32 x 4 heads, 256 queries, 288 keys, 24 channels).
    slow = q.dtype == torch.bfloat16 and q.device.type == "cpu"
    if slow or torch.onnx.is_in_onnx_export():
        scale = (query.shape[-1] // heads) ** -0.5
        weights = torch.matmul(q * float(scale), k.transpose(-1, -2)).softmax(-1)
        return torch.matmul(weights.to(q.dtype), v.to(q.dtype)).transpose(1, 2).flatten(2)
    return F.scaled_dot_product_attention(q, k, v.to(q.dtype)).transpose(1, 2).flatten(2)


def zeroed(module: nn.Conv2d | nn.Linear) -> nn.Conv2d | nn.Linear:
    """Zero-initialises a layer, so that the branch it ends begins as the identity."""
    nn.init.zeros_(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
    return module


def sampled(picture: Tensor, places: Tensor) -> Tensor:
    """A picture [N, 3, H, W] looked up at places [N, H', W', 2] in -1..1 (across, along); beyond its edge, the edge."""
    return F.grid_sample(
        picture, places, mode="bilinear", padding_mode="border", align_corners=False
    )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with group norm; the condition [B, E] scales and shifts between them."""

    def __init__(self, in_channels: int, out_channels: int, condition_channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, out_channels)
        self.condition = nn.Linear(condition_channels, 2 * out_channels)
        self.conv2 = zeroed(nn.Conv2d(out_channels, out_channels, 3, padding=1))
        self.shortcut = (
            nn.Conv2d(in_channels, out_channels, 1)
            if in_channels != out_channels
            else nn.Identity()
        )

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.condition(condition)[:, :, None, None].to(h.dtype).chunk(2, 1)
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))


class SpatialAttention(nn.Module):
    """Attention of every position of a feature map over all positions and over the text."""

    def __init__(self, channels: int, heads: int, text_channels: int, size: int) -> None:
        super().__init__()
        self.heads, self.size = heads, size
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.text_kv = nn.Linear(text_channels, 2 * channels)
        self.out = zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2).chunk(3, -1)
        text_k, text_v = self.text_kv(text).to(k.dtype).chunk(2, -1)
        y = attention(q, torch.cat([text_k, k], 1), torch.cat([text_v, v], 1), self.heads)
        y = y.transpose(1, 2).unflatten(2, (self.size, self.size))
        return x + self.out(y.contiguous(memory_format=torch.channels_last))


class WordQueries(nn.Module):
    """Learned questions to the words of a text, answered together as one vector; begins as zero.

    A mean over all positions tells a network little of one word among thirty-two places, most of them padding. Here
    every query weighs the words for itself, and rows of padding, which are zero, are not asked.
    """

    def __init__(self, text_channels: int, out_channels: int, queries: int) -> None:
        super().__init__()
        self.score = nn.Linear(text_channels, queries)
        self.answer = nn.Linear(queries * text_channels, out_channels)
        self.out = zeroed(nn.Linear(out_channels, out_channels))

    def forward(self, text: Tensor) -> Tensor:
        """float32 [B, tokens, text_channels] -> [B, out_channels]."""
        present = (text.abs().sum(-1, keepdim=True) > 0).to(text.dtype)
        weights = (self.score(text) + (present - 1) * 1e4).softmax(1)
        answers = torch.matmul(weights.transpose(1, 2), text).flatten(1)
        return self.out(F.silu(self.answer(answers)))


class TemporalAttention(nn.Module):
    """Attention of every position over the same position of the clip's other frames.

    Positions are batch entries; `time` [B, frames, channels] tells the frames apart.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = zeroed(nn.Linear(channels, channels))

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        frames, size = int(time.shape[1]), int(x.shape[2])
        tokens = (
            x.flatten(2).unflatten(0, (-1, frames)).permute(0, 3, 1, 2)
        )  # [B, positions, frames, channels]
        y = (self.norm(tokens) + time[:, None]).flatten(0, 1)
        q, k, v = self.qkv(y).chunk(3, -1)
        y = self.out(attention(q, k, v, self.heads)).unflatten(0, (-1, size * size))
        return x + y.permute(0, 2, 3, 1).flatten(0, 1).unflatten(2, (size, size))


class TransformerBlock(nn.Module):
    """A pre-norm transformer block over [B, tokens, channels] whose padding is masked by `bias` [B, 1, 1, tokens]."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.norm2 = nn.LayerNorm(channels)
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.fc2 = nn.Linear(4 * channels, channels)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.normal_(self.fc2.weight, std=0.01)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (
            y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for y in self.qkv(self.norm1(x)).chunk(3, -1)
        )
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)) + bias
        y = torch.matmul(scores.softmax(-1), v).transpose(1, 2).flatten(2)
        x = x + self.out(y)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)), approximate="tanh"))
