"""Gives narrower weights to a wider network of the same form, which begins close to what the narrower one does.

Net2Net's wider operator (Chen et al., arXiv 1511.05641): every channel that is added copies one beside it, and whatever
reads both takes a share of each. All widths must grow by one ratio, so that groups, heads and concatenations keep
their places. Group norms count a copied channel twice, so the result is near and not the same.
"""

from math import gcd

import torch
from torch import Tensor

ATTENDED = {".qkv.": 3, ".text_kv.": 2}
"""Projections for attention, and how many kinds of output they hold; all but the last are multiplied together."""

SPREAD, DISTURBANCE = 0.2, 0.05
"""How unequal the shares of two copies are, and the noise on their weights: without, they would stay copies."""


def widen(
    weights: dict[str, Tensor], shapes: dict[str, torch.Size], seed: int = 0
) -> dict[str, Tensor]:
    """Weights in the `shapes` of a wider network, by name; what has its shape already stays as it is."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: widened(name, value, shapes[name], generator)
        if name in shapes and value.shape != shapes[name]
        else value
        for name, value in weights.items()
    }


def widened(name: str, value: Tensor, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """One parameter: its outputs copied, its inputs shared out."""
    for axis, (have, want) in enumerate(zip(value.shape, shape, strict=True)):
        if have == want:
            continue
        # Before a pixel shuffle, a channel is four outputs.
        inner = 4 if axis == 0 and "upsample" in name else 1
        source = copied_from(have // inner, want // inner)
        outputs = source[:, None] * inner + torch.arange(inner)
        value = value.index_select(axis, outputs.flatten())
        if axis == 1 and not name.startswith("position"):
            value = value * shares(source, generator).reshape(1, -1, *[1] * (value.ndim - 2))
        elif axis == 0 and value.ndim > 1:
            noise = torch.randn(value.shape, generator=generator) * value.std() * DISTURBANCE
            copies = (source.bincount()[source] > 1).float().repeat_interleave(inner)
            value = value + noise * copies.reshape(-1, *[1] * (value.ndim - 1))
        if axis == 0:
            value = rescale_products(name, value, source, want / have)
    return value


def copied_from(have: int, want: int) -> Tensor:
    """The source of every channel of the wider layer, int64 [want]; the last of each block is there more than once."""
    block = have // gcd(have, want)
    wide = want * block // have
    within = torch.arange(wide).clamp(max=block - 1)
    return (torch.arange(have // block)[:, None] * block + within).flatten()


def shares(source: Tensor, generator: torch.Generator) -> Tensor:
    """What readers take of every channel, float32 [want]: one in all for each source."""
    drawn = 1 + SPREAD * (2 * torch.rand(len(source), generator=generator) - 1)
    total = torch.zeros(int(source.max()) + 1).index_add_(0, source, drawn)
    return drawn / total[source]


def rescale_products(name: str, value: Tensor, source: Tensor, ratio: float) -> Tensor:
    """Queries and keys: a product counts a copied channel as often as it is there, and is divided by a larger root."""
    kinds = next((count for part, count in ATTENDED.items() if part in name), 0)
    if not kinds:
        return value
    factor = ratio**0.25 / source.bincount()[source].float().sqrt()
    factor[-len(source) // kinds :] = 1
    return value * factor.reshape(-1, *[1] * (value.ndim - 1))
