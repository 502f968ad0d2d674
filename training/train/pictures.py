"""From mapped uint8 pictures to tensors and back, and sheets of pictures for people."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

SUBJECT_WEIGHT = 4.0


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """uint8 [..., H, W, 3] -> float32 [..., 3, H, W] in [-1, 1]."""
    return torch.tensor(pixels).movedim(-1, -3).float().div_(127.5).sub_(1)


def to_pixels(pictures: Tensor) -> NDArray[np.uint8]:
    """float [..., 3, H, W] in [-1, 1] -> uint8 [..., H, W, 3]."""
    return (
        ((pictures.float().clamp(-1, 1) + 1) * 127.5)
        .round()
        .to(torch.uint8)
        .movedim(-3, -1)
        .contiguous()
        .numpy()
    )


def subject_weights(masks: NDArray[np.uint8]) -> Tensor:
    """Loss weights from masks uint8 [B, ..., H, W]: 4 in and around the subject, 1 elsewhere, mean 1 per sample."""
    inside = torch.tensor(masks).float().div_(255)
    shape = inside.shape
    inside = F.max_pool2d(inside.reshape(-1, 1, *shape[-2:]), 5, 1, 2).reshape(shape)
    weight = 1 + (SUBJECT_WEIGHT - 1) * inside
    return weight / weight.flatten(1).mean(1).reshape(-1, *[1] * (weight.ndim - 1))


def save_sheet(pictures: Tensor, columns: int, path: Path, scale: int = 2) -> None:
    """Writes float [N, 3, H, W] pictures as one PNG, row by row."""
    pixels = to_pixels(pictures)
    count, height, width, _ = pixels.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
    for index, picture in enumerate(pixels):
        y, x = index // columns * height, index % columns * width
        sheet[y : y + height, x : x + width] = picture
    image = Image.fromarray(sheet)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC).save(path)
