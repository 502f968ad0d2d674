"""The text encoder: word ids to one vector per word."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.models.blocks import TransformerBlock

PAD_ID = 0


@dataclass(frozen=True)
class TextEncoderConfig:
    """Sizes of the text encoder; `max_position_embeddings` is the fixed length of its input."""

    vocab_size: int
    hidden_size: int = 128
    num_hidden_layers: int = 2
    num_attention_heads: int = 4
    max_position_embeddings: int = 32


class TextEncoder(nn.Module):
    """input_ids int64 [B, 32] -> last_hidden_state float32 [B, 32, D]; rows of padding are zero."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.hidden_size
        self.words = nn.Embedding(config.vocab_size, width)
        self.positions = nn.Parameter(torch.randn(1, config.max_position_embeddings, width) * 0.02)
        self.layers = nn.ModuleList(
            [
                TransformerBlock(width, config.num_attention_heads)
                for _ in range(config.num_hidden_layers)
            ]
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, input_ids: Tensor) -> Tensor:
        present = (input_ids != PAD_ID).to(self.positions.dtype)
        bias = (present[:, None, None, :] - 1) * 1e4
        x = self.words(input_ids) + self.positions
        for layer in self.layers:
            x = layer(x, bias)
        return self.norm(x) * present[:, :, None]
