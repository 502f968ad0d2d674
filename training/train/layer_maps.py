"""How layers truly moved between two frames, from their placements (world/placement.py)."""

import torch
from torch import Tensor


def maps_between(key: Tensor, frames: Tensor) -> Tensor:
    """Where in the key frame each layer of each frame was: affine maps [B, F, L, 2, 3] of picture coordinates.

    key [B, L, 2, 3] and frames [B, F, L, 2, 3] are placements.
    """
    return (square(key)[:, None] @ torch.linalg.inv(square(frames)))[..., :2, :]


def places_at(affine: Tensor, points: Tensor) -> Tensor:
    """Points [..., P, 2] under affine maps [..., 2, 3]."""
    return points @ affine[..., :2].transpose(-1, -2) + affine[..., None, :, 2]


def square(affine: Tensor) -> Tensor:
    """Affine maps [..., 2, 3] as matrices [..., 3, 3]."""
    last = torch.tensor([0.0, 0.0, 1.0]).expand(*affine.shape[:-2], 1, 3)
    return torch.cat([affine, last], -2)
