"""Stable Video Diffusion's graphs, which optimum does not export."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import StableVideoDiffusionPipeline
from torch import Tensor, nn

from training.export.from_diffusers.graph_file import save_graph

OPSET = 18
IMAGE_SIDE = 224
"""What the pipeline resizes a picture to before its image encoder, whatever the encoder says."""


class VideoUNet(nn.Module):
    """The denoiser with its conditions by position."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, states: Tensor, time_ids: Tensor) -> Tensor:
        """Sample [b, frames, 8, h, w] to [b, frames, 4, h, w]."""
        return self.unet(sample, timestep, states, added_time_ids=time_ids, return_dict=False)[0]


class ImageEncoder(nn.Module):
    """CLIP's image encoder, the projected vector only."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Normalised pixels [b, 3, 224, 224] to [b, d]."""
        return self.encoder(pixel_values, return_dict=False)[0]


class FrameEncoder(nn.Module):
    """Pictures to mean and log variance, as optimum's VAE encoders give them."""

    def __init__(self, vae: nn.Module) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, sample: Tensor) -> Tensor:
        """Pixels [b, 3, H, W] in [-1, 1] to [b, 2C, h, w]."""
        return self.vae.encode(sample).latent_dist.parameters


class ClipDecoder(nn.Module):
    """The temporal decoder: its batch axis is the frames of one clip."""

    def __init__(self, vae: nn.Module) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample: Tensor) -> Tensor:
        """Latents [frames, C, h, w] to pixels [frames, 3, H, W]."""
        frames = latent_sample.shape[0]
        return self.vae.decode(latent_sample, num_frames=frames, return_dict=False)[0]


@dataclass(frozen=True)
class VideoGraph:
    """One graph: where it goes, the original's configuration, and its ports with their dynamic axes."""

    folder: str
    module: nn.Module
    config: dict[str, Any]
    inputs: dict[str, Tensor]
    output: str
    axes: dict[str, dict[int, str]]


def video_graphs(pipeline: StableVideoDiffusionPipeline) -> Iterator[VideoGraph]:
    """The four graphs with example inputs."""
    unet, vae, encoder = pipeline.unet, pipeline.vae, pipeline.image_encoder
    latent = int(vae.config.latent_channels)
    frames, side = 3, 16
    planes = {3: "height", 4: "width"}
    yield VideoGraph(
        "unet",
        VideoUNet(unet),
        dict(unet.config),
        {
            "sample": torch.randn(2, frames, int(unet.config.in_channels), side, side),
            "timestep": torch.tensor(1.5),
            "encoder_hidden_states": torch.randn(2, 1, int(encoder.config.projection_dim)),
            "added_time_ids": torch.tensor([[6.0, 127.0, 0.02]] * 2),
        },
        "out_sample",
        {
            "sample": {0: "batch_size", 1: "num_frames", **planes},
            "encoder_hidden_states": {0: "batch_size", 1: "sequence_length"},
            "added_time_ids": {0: "batch_size"},
            "out_sample": {0: "batch_size", 1: "num_frames", **planes},
        },
    )
    yield VideoGraph(
        "image_encoder",
        ImageEncoder(encoder),
        encoder.config.to_dict(),
        {"pixel_values": torch.randn(1, 3, IMAGE_SIDE, IMAGE_SIDE)},
        "image_embeds",
        {"pixel_values": {0: "batch_size"}, "image_embeds": {0: "batch_size"}},
    )
    pixels, latents = (
        {0: "batch_size", 2: "height", 3: "width"},
        {0: "num_frames", 2: "latent_height", 3: "latent_width"},
    )
    yield VideoGraph(
        "vae_encoder",
        FrameEncoder(vae),
        dict(vae.config),
        {"sample": torch.randn(1, 3, 64, 64)},
        "latent_parameters",
        {"sample": pixels, "latent_parameters": {**latents, 0: "batch_size"}},
    )
    yield VideoGraph(
        "vae_decoder",
        ClipDecoder(vae),
        dict(vae.config),
        {"latent_sample": torch.randn(frames, latent, side, side)},
        "sample",
        {"latent_sample": latents, "sample": {**pixels, 0: "num_frames"}},
    )


def export_graph(graph: VideoGraph, target: Path) -> None:
    """Traces one graph and writes its folder: config.json and model.onnx, with external data if it is large."""
    folder = target / graph.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(graph.config, indent=2, default=str) + "\n")
    with warnings.catch_warnings(), torch.no_grad(), save_graph(folder / "model.onnx") as path:
        warnings.simplefilter("ignore")  # tracing warns of every shape that it takes for a constant
        torch.onnx.export(
            graph.module.eval(),
            tuple(graph.inputs.values()),
            str(path),
            input_names=list(graph.inputs),
            output_names=[graph.output],
            dynamic_axes=graph.axes,
            opset_version=OPSET,
            dynamo=False,
        )


def export_video(source: Path, target: Path) -> None:
    """Writes the whole folder except manifest.json."""
    pipeline = StableVideoDiffusionPipeline.from_pretrained(source)
    for graph in video_graphs(pipeline):
        export_graph(graph, target)
    pipeline.scheduler.save_pretrained(target / "scheduler")
    pipeline.feature_extractor.save_pretrained(target / "feature_extractor")
    # As optimum does: the index of the original pipeline, though `vae` is now two folders.
    pipeline.save_config(target)
