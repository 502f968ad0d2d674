"""The task predictor: the words of an instruction -> what kind of edit it is, and its parameters."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from training.models.blocks import TransformerBlock

PAD_ID = 0


@dataclass(frozen=True)
class TaskPredictorConfig:
    """Sizes of the predictor, its tasks, and the values of each parameter's head."""

    vocab_size: int
    tasks: tuple[str, ...]
    heads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_size: int = 64
    num_hidden_layers: int = 2
    num_attention_heads: int = 4
    max_position_embeddings: int = 32


class TaskPredictor(nn.Module):
    """input_ids int64 [B, 32] -> logits float32 [B, classes]: the tasks', then every head's, in the config's order."""

    def __init__(self, config: TaskPredictorConfig, dropout: float = 0.1) -> None:
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
        self.dropout = nn.Dropout(dropout)
        self.sizes = [len(config.tasks), *(len(values) for values in config.heads.values())]
        self.classes = nn.Linear(2 * width, sum(self.sizes))

    def forward(self, input_ids: Tensor) -> Tensor:
        present = (input_ids != PAD_ID).to(self.positions.dtype)
        bias = (present[:, None, None, :] - 1) * 1e4
        x = self.dropout(self.words(input_ids) + self.positions[:, : input_ids.shape[1]])
        for layer in self.layers:
            x = layer(x, bias)
        x = self.norm(x)
        mean = (x * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)
        strongest = (x + (present[:, :, None] - 1) * 1e4).amax(1)
        return self.classes(self.dropout(torch.cat([mean, strongest], 1)))

    def split(self, logits: Tensor) -> dict[str, Tensor]:
        """Logits by name: "task" and every head."""
        return dict(zip(["task", *self.config.heads], logits.split(self.sizes, 1), strict=True))
