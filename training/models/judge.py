"""The judge: a classifier of pictures that never sees the generator; it measures what was drawn."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

JUDGE_SIZE = 128


@dataclass(frozen=True)
class JudgeConfig:
    """The judge's widths and the values it tells apart, by attribute."""

    heads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    widths: tuple[int, int, int, int] = (32, 64, 96, 128)


class Judge(nn.Module):
    """Pictures float32 [B, 3, 128, 128] in [-1, 1] -> logits by attribute."""

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        channels = 3
        for width in config.widths:
            stride = 2 if channels == 3 else 1
            layers += [
                nn.Conv2d(channels, width, 3, padding=1, stride=stride),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            layers += [
                nn.Conv2d(width, width, 3, padding=1),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            channels = width
        self.trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * 16, 192), nn.ReLU())
        self.heads = nn.ModuleDict(
            {name: nn.Linear(192, len(values)) for name, values in config.heads.items()}
        )

    def features(self, pictures: Tensor) -> Tensor:
        """What the heads read, float32 [B, 192]; also the space of the kernel distance."""
        return self.trunk(pictures.contiguous(memory_format=torch.channels_last))

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        features = self.features(pictures)
        return {name: head(features) for name, head in self.heads.items()}
