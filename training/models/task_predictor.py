"""The task predictor: the words of an instruction -> what kind of edit it is, and its parameters."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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


class LocalContext(nn.Module):
    """What stands around each word: "with a cat" and "not the cat" differ by neighbours."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.conv = nn.Conv1d(channels, channels, 5, padding=2)
        self.out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        y = (self.norm(x) * present).transpose(1, 2)
        return x + self.out(F.gelu(self.conv(y).transpose(1, 2), approximate="tanh"))


class TaskPredictor(nn.Module):
    """input_ids int64 [B, 32] -> logits float32 [B, classes]: the tasks', then every head's, in the config's order.

    Task and heads each have a question of their own: attention over the words, since "replace the dog with a cat" names
    two subjects and only one is the parameter.
    """

    def __init__(self, config: TaskPredictorConfig, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = config
        width, depth = config.hidden_size, config.num_hidden_layers
        self.words = nn.Embedding(config.vocab_size, width)
        self.positions = nn.Parameter(torch.randn(1, config.max_position_embeddings, width) * 0.02)
        self.local = nn.ModuleList([LocalContext(width) for _ in range(depth)])
        self.layers = nn.ModuleList(
            [TransformerBlock(width, config.num_attention_heads) for _ in range(depth)]
        )
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.sizes = [len(config.tasks), *(len(values) for values in config.heads.values())]
        self.questions = nn.Parameter(torch.randn(len(self.sizes), width) * 0.1)
        self.keys = nn.Linear(width, width)
        self.classes = nn.ModuleList([nn.Linear(2 * width, size) for size in self.sizes])

    def forward(self, input_ids: Tensor) -> Tensor:
        present = (input_ids != PAD_ID).to(self.positions.dtype)
        bias = (present[:, None, None, :] - 1) * 1e4
        x = self.dropout(self.words(input_ids) + self.positions[:, : input_ids.shape[1]])
        for local, layer in zip(self.local, self.layers, strict=True):
            x = layer(local(x, present[:, :, None]), bias)
        x = self.norm(x)
        scores = torch.matmul(self.questions, self.keys(x).transpose(1, 2)) + bias[:, 0]
        answers = torch.matmul(scores.softmax(-1), x)
        mean = (x * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)
        read = [
            classes(self.dropout(torch.cat([answers[:, index], mean], 1)))
            for index, classes in enumerate(self.classes)
        ]
        return torch.cat(read, 1)

    def split(self, logits: Tensor) -> dict[str, Tensor]:
        """Logits by name: "task" and every head."""
        return dict(zip(["task", *self.config.heads], logits.split(self.sizes, 1), strict=True))
