"""The components of a pocket folder: their graphs' inputs and outputs, and how each is written."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.export.graph import Port, export_graph
from training.models.blocks import EMBEDDING_CHANNELS
from training.models.codec import AreaEncoder, DecoderConfig, FrameDecoder, Upsampler
from training.models.interpolator import Interpolator, InterpolatorConfig
from training.models.motion_unet import MotionUNet, MotionUNetConfig
from training.models.text_encoder import TextEncoder, TextEncoderConfig
from training.models.unet import UNet, UNetConfig

BATCH = "batch"
TOKENS = 32


@dataclass(frozen=True)
class Family:
    """The networks of one model folder."""

    text_encoder: TextEncoder
    unet: UNet
    motion_unet: MotionUNet
    interpolator: Interpolator
    upsampler: Upsampler


@dataclass(frozen=True)
class FamilyConfig:
    """The sizes of one family's networks."""

    text_encoder: TextEncoderConfig
    unet: UNetConfig
    motion_unet: MotionUNetConfig
    interpolator: InterpolatorConfig
    decoder: DecoderConfig

    def build(self) -> Family:
        """The family with random weights."""
        return Family(
            TextEncoder(self.text_encoder),
            UNet(self.unet),
            MotionUNet(self.motion_unet),
            Interpolator(self.interpolator),
            Upsampler(self.decoder),
        )


@dataclass(frozen=True)
class Component:
    """A graph to write: its folder, the module that is traced, its ports and what its config.json says."""

    folder: str
    module: nn.Module
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    config: dict[str, Any]

    def example_inputs(self, batch: int = 2) -> dict[Port, Tensor]:
        """Plausible inputs, reproducible, for tracing and for the parity test."""
        generator = torch.Generator().manual_seed(7)
        return {port: example(port, batch, generator) for port in self.inputs}

    def write(self, root: Path) -> None:
        """Writes model.onnx and config.json."""
        folder = root / self.folder
        export_graph(self.module, self.example_inputs(), list(self.outputs), folder / "model.onnx")
        ports = {
            kind: {port.name: {"dtype": port.dtype, "shape": list(port.shape)} for port in listed}
            for kind, listed in (("inputs", self.inputs), ("outputs", self.outputs))
        }
        config = {"_class_name": type(self.module).__name__, **self.config, **ports}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def example(port: Port, batch: int, generator: torch.Generator) -> Tensor:
    """One example input by its name's meaning."""
    shape = [batch if isinstance(size, str) else size for size in port.shape]
    special: dict[str, Callable[[], Tensor]] = {
        "input_ids": lambda: torch.randint(0, 8, shape, generator=generator),
        "timestep": lambda: torch.rand(shape, generator=generator) * 1000,
        "image_latents": lambda: smooth_noise(shape, generator),
        "frame_times": lambda: torch.arange(1, shape[0] + 1) / 4,
        "known": lambda: torch.tensor([[1.0, 1, 1, 0]]).repeat(batch, 1),
        "position": lambda: torch.rand(shape, generator=generator),
    }
    return special[port.name]() if port.name in special else torch.randn(shape, generator=generator)


def smooth_noise(shape: list[int], generator: torch.Generator) -> Tensor:
    """A picture as soft as pictures are, [..., H, W].

    Moved, white noise would magnify the last bits of a position: there torch's float32 is 1.8e-4 from its float64.
    """
    *leading, height, width = shape
    coarse = torch.randn(math.prod(leading), 1, height // 4, width // 4, generator=generator)
    return F.interpolate(coarse, scale_factor=4, mode="bilinear").reshape(shape)


def components(family: Family) -> list[Component]:
    """Every graph of a family, in the order a video needs them."""
    width = family.text_encoder.config.hidden_size
    picture, frames = (3, 64, 64), family.motion_unet.config.num_frames
    timestep, text = (
        Port("timestep", (BATCH,)),
        Port("encoder_hidden_states", (BATCH, TOKENS, width)),
    )
    guidance, told = [], {}
    if family.unet.config.distilled_steps:  # as diffusers has it: the embedded scale is an input
        guidance = [Port("timestep_cond", (BATCH, EMBEDDING_CHANNELS))]
        told = {"time_cond_proj_dim": EMBEDDING_CHANNELS}
    return [
        Component(
            "text_encoder",
            family.text_encoder,
            (Port("input_ids", (BATCH, TOKENS), "int64"),),
            (Port("last_hidden_state", (BATCH, TOKENS, width)),),
            asdict(family.text_encoder.config),
        ),
        Component(
            "unet",
            family.unet,
            (Port("sample", (BATCH, *picture)), timestep, text, *guidance),
            (Port("out_sample", (BATCH, *picture)),),
            asdict(family.unet.config) | {"prediction_type": "sample"} | told,
        ),
        Component(
            "motion_unet",
            family.motion_unet,
            (
                Port("sample", (BATCH, 3, frames, 64, 64)),
                timestep,
                text,
                Port("image_latents", (BATCH, *picture)),
                Port("frame_times", (frames,)),
            ),
            (Port("out_sample", (BATCH, 3, frames, 64, 64)),),
            asdict(family.motion_unet.config) | {"prediction_type": "sample"},
        ),
        Component(
            "interpolator",
            family.interpolator,
            (
                Port("frames", (BATCH, 4, *picture)),
                Port("known", (BATCH, 4)),
                Port("position", (BATCH,)),
            ),
            (Port("out_sample", (BATCH, *picture)),),
            asdict(family.interpolator.config),
        ),
        Component(
            "vae_encoder",
            AreaEncoder(),
            (Port("sample", (BATCH, 3, 512, 512)),),
            (Port("latent_sample", (BATCH, *picture)),),
            {"latent_channels": 3, "scaling_factor": 1.0, "downsample_factor": 8},
        ),
        Component(
            "vae_decoder",
            FrameDecoder(family.upsampler),
            (Port("latent_sample", (BATCH, *picture)),),
            (Port("frames", (BATCH, 512, 512, 3), "uint8"),),
            asdict(family.upsampler.config)
            | {"latent_channels": 3, "scaling_factor": 1.0, "upsample_factor": 8},
        ),
    ]
