"""The presets: what one machine trains with. One for CPUs in fp32, one for a GPU in bf16."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn


@dataclass(frozen=True)
class Preset:
    """Everything about training that depends on the machine, and the sizes chosen for it."""

    name: str
    device: str
    bfloat16: bool
    threads: int
    widths: tuple[int, int, int]
    batch_size: int
    clip_batch_size: int
    frames_per_clip: int
    keyframes: int
    clips: int
    windows: int
    stills: int
    exams: int


CPU = Preset(
    name="cpu",
    device="cpu",
    bfloat16=False,
    threads=1,
    widths=(64, 128, 256),
    batch_size=32,
    clip_batch_size=6,
    frames_per_clip=5,
    keyframes=30_000,
    clips=4_000,
    windows=3_000,
    stills=2_400,
    exams=16_000,
)
GPU = Preset(
    name="gpu",
    device="cuda",
    bfloat16=True,
    threads=8,
    widths=(96, 192, 320),
    batch_size=256,
    clip_batch_size=48,
    frames_per_clip=8,
    keyframes=300_000,
    clips=100_000,
    windows=40_000,
    stills=20_000,
    exams=60_000,
)
TINY = replace(
    CPU,
    name="tiny",
    widths=(8, 8, 16),
    batch_size=4,
    clip_batch_size=2,
    frames_per_clip=3,
    keyframes=64,
    clips=72,
    windows=112,
    stills=40,
    exams=64,
)
PRESETS = {preset.name: preset for preset in (CPU, GPU, TINY)}


def find_preset(name: str) -> Preset:
    """A preset by name; `auto` takes the GPU's where there is one and turns bf16 on where a CPU gains by it."""
    if name != "auto":
        return PRESETS[name]
    if torch.cuda.is_available():
        return GPU
    return replace(CPU, bfloat16=bfloat16_is_faster())


def bfloat16_is_faster() -> bool:
    """Times one convolution, since CPUs without AMX or AVX512-BF16 emulate bf16 at a fraction of fp32's speed."""
    layer = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    x = torch.randn(8, 64, 32, 32).to(memory_format=torch.channels_last)
    seconds = {}
    for enabled in (False, True):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            layer(x)
            start = time.perf_counter()
            for _ in range(5):
                layer(x)
        seconds[enabled] = time.perf_counter() - start
    return seconds[True] < 0.8 * seconds[False]


@contextlib.contextmanager
def autocast(preset: Preset) -> Iterator[None]:
    """The precision a forward pass runs in."""
    with torch.autocast(preset.device, torch.bfloat16, enabled=preset.bfloat16):
        yield
