"""diffusers' pipelines over exported graphs, by optimum where it has the class and by hand where it has not."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import torch
from diffusers import (
    AutoencoderKLTemporalDecoder,
    DiffusionPipeline,
    EulerDiscreteScheduler,
    StableDiffusion3Img2ImgPipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableVideoDiffusionPipeline,
    UNetSpatioTemporalConditionModel,
)
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from optimum.onnxruntime import ORTDiffusionPipeline, ORTPipelineForImage2Image, ORTPipelineForText2Image
from torch import Tensor
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection


class ORTStableDiffusionInstructPix2PixPipeline(ORTDiffusionPipeline, StableDiffusionInstructPix2PixPipeline):
    """The class that optimum lacks; everything it needs is there."""

    task = "image-to-image"
    main_input_name = "image"
    auto_model_class = StableDiffusionInstructPix2PixPipeline


class ORTStableDiffusion3Img2ImgPipeline(ORTDiffusionPipeline, StableDiffusion3Img2ImgPipeline):
    """Picture to picture with Stable Diffusion 3."""

    task = "image-to-image"
    main_input_name = "image"
    auto_model_class = StableDiffusion3Img2ImgPipeline


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Threads as asked."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return options


class Graph:
    """One graph that takes and gives torch tensors."""

    def __init__(self, folder: Path, threads: int) -> None:
        self.config = json.loads((folder / "config.json").read_text())
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), session_options(threads), providers=["CPUExecutionProvider"]
        )

    def __call__(self, **feeds: Tensor) -> Tensor:
        arrays = {name: np.asarray(value.numpy(), dtype=np.float32) for name, value in feeds.items()}
        return torch.from_numpy(self.session.run(None, arrays)[0])


def stable_video_pipeline(folder: Path, threads: int) -> StableVideoDiffusionPipeline:
    """Stable Video Diffusion: the original's classes without weights, their forwards replaced by graphs."""
    graphs = {name: Graph(folder / name, threads) for name in ("unet", "image_encoder", "vae_encoder", "vae_decoder")}
    configs = {name: graph.config for name, graph in graphs.items()}
    unet = UNetSpatioTemporalConditionModel.from_config(configs["unet"])
    encoder = CLIPVisionModelWithProjection(CLIPVisionConfig(**configs["image_encoder"]))
    vae = AutoencoderKLTemporalDecoder.from_config(configs["vae_decoder"])

    def predict(sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor, added_time_ids: Tensor, **_: Any):
        return (
            graphs["unet"](
                sample=sample,
                timestep=timestep,
                encoder_hidden_states=encoder_hidden_states,
                added_time_ids=added_time_ids,
            ),
        )

    def encode(sample: Tensor) -> SimpleNamespace:
        return SimpleNamespace(latent_dist=DiagonalGaussianDistribution(graphs["vae_encoder"](sample=sample)))

    def decode(latents: Tensor, num_frames: int) -> SimpleNamespace:
        if len(latents) != num_frames:
            raise ValueError(f"one clip of {num_frames} frames, not {len(latents)}")
        return SimpleNamespace(sample=graphs["vae_decoder"](latent_sample=latents))

    unet.forward = predict
    encoder.forward = lambda pixels: SimpleNamespace(image_embeds=graphs["image_encoder"](pixel_values=pixels))
    vae.encode, vae.decode = encode, decode
    return StableVideoDiffusionPipeline(
        vae=vae,
        image_encoder=encoder,
        unet=unet,
        scheduler=EulerDiscreteScheduler.from_pretrained(folder / "scheduler"),
        feature_extractor=CLIPImageProcessor.from_pretrained(folder / "feature_extractor"),
    )


BY_HAND = {
    ("StableDiffusionInstructPix2PixPipeline", "edit"): ORTStableDiffusionInstructPix2PixPipeline,
    ("StableDiffusion3Pipeline", "image-to-image"): ORTStableDiffusion3Img2ImgPipeline,
}


def onnx_pipeline(folder: Path, kind: str, threads: int = 1) -> DiffusionPipeline:
    """The pipeline of an exported folder on the CPU, for one kind of request.

    Never with IO binding, which overwrites the latents without guidance (optimum-onnx 0.1.0).
    """
    name = json.loads((folder / "model_index.json").read_text())["_class_name"].removeprefix("ORT")
    if name == "StableVideoDiffusionPipeline":
        return stable_video_pipeline(folder, threads)
    usual = ORTPipelineForImage2Image if kind == "image-to-image" else ORTPipelineForText2Image
    return BY_HAND.get((name, kind), usual).from_pretrained(
        folder, use_io_binding=False, session_options=session_options(threads), local_files_only=True
    )
