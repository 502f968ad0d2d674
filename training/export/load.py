"""Reads a model folder back into torch, so that training can go on from what was committed."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.export.components import Family, FamilyConfig
from training.export.graph import read_parameters
from training.models.codec import DecoderConfig
from training.models.interpolator import InterpolatorConfig
from training.models.motion_unet import MotionUNetConfig
from training.models.text_encoder import TextEncoderConfig
from training.models.unet import UNetConfig

PREFIXES = {"vae_decoder": "upsampler."}


def load_parameters(module: nn.Module, graph: Path, prefix: str = "") -> None:
    """Fills a module from a graph's initializers; every parameter must be there, in its shape."""
    found = read_parameters(graph)
    state = {name: torch.from_numpy(found[prefix + name].copy()) for name in module.state_dict()}
    module.load_state_dict(state)


def read_config(folder: Path) -> FamilyConfig:
    """The sizes of a folder's networks, from their config.json files."""

    def read(component: str, kind: type[Any]) -> Any:
        content = json.loads((folder / component / "config.json").read_text())
        # What a folder does not say, its networks do not have: the fields' defaults.
        known = {field.name: content[field.name] for field in fields(kind) if field.name in content}
        return kind(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in known.items()
            }
        )

    return FamilyConfig(
        read("text_encoder", TextEncoderConfig),
        read("unet", UNetConfig),
        read("motion_unet", MotionUNetConfig),
        read("interpolator", InterpolatorConfig),
        read("vae_decoder", DecoderConfig),
    )


def load_family(config: FamilyConfig, folder: Path) -> Family:
    """A folder's networks with its weights, which are fp16 on disk."""
    family = config.build()
    for component, module in {
        "text_encoder": family.text_encoder,
        "unet": family.unet,
        "motion_unet": family.motion_unet,
        "interpolator": family.interpolator,
        "vae_decoder": family.upsampler,
    }.items():
        load_parameters(module, folder / component / "model.onnx", PREFIXES.get(component, ""))
    return family
