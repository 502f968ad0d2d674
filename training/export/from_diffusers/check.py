"""Compares exported graphs with the original networks on random inputs of several sizes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from diffusers import DiffusionPipeline
from numpy.typing import NDArray
from torch import Tensor

Arrays = dict[str, NDArray[Any]]
BATCH = 3
FRAMES = 5
TOKENS = 11


def sizes(factor: int) -> list[tuple[int, int]]:
    """Latent heights and widths that a network with so many halvings accepts; one is not square."""
    return [(4 * factor, 4 * factor), (2 * factor, 4 * factor)]


class Check:
    """One exported folder beside its original."""

    def __init__(self, source: Path, target: Path) -> None:
        self.pipeline = DiffusionPipeline.from_pretrained(source, local_files_only=True)
        self.target = target
        self.random = torch.Generator().manual_seed(0)

    def difference(self, component: str) -> float:
        """Largest difference of the component's outputs, relative to max(1, largest value)."""
        session = onnxruntime.InferenceSession(
            str(self.target / component / "model.onnx"), providers=["CPUExecutionProvider"]
        )
        worst = 0.0
        for height, width in sizes(self.halvings(component)):
            feeds = {
                port.name: self.draw(component, port, (height, width))
                for port in session.get_inputs()
            }
            with torch.no_grad():
                expected = self.original(component, feeds)
            found = session.run([session.get_outputs()[0].name], self.arrays(session, feeds))[0]
            scale = max(1.0, expected.abs().max().item())
            worst = max(
                worst, (torch.from_numpy(found).float() - expected).abs().max().item() / scale
            )
        return worst

    def halvings(self, component: str) -> int:
        """By what sizes must be divisible."""
        config = json.loads((self.target / component / "config.json").read_text())
        return 2 ** (len(config.get("block_out_channels", [0])) - 1) * (
            config.get("patch_size") or 1
        )

    def arrays(self, session: onnxruntime.InferenceSession, feeds: dict[str, Tensor]) -> Arrays:
        """Feeds in the dtypes that the graph declares."""
        types = {
            "tensor(float)": np.float32,
            "tensor(float16)": np.float16,
            "tensor(int64)": np.int64,
        }
        return {
            port.name: feeds[port.name].numpy().astype(types[port.type])
            for port in session.get_inputs()
        }

    def draw(self, component: str, port: Any, size: tuple[int, int]) -> Tensor:
        """A random input; axes that are not fixed take the sizes of the check."""
        if port.name == "timestep":
            return torch.full([1] * len(port.shape), 7.0)
        names = {
            "height": size[0],
            "width": size[1],
            "num_frames": FRAMES,
            "sequence_length": TOKENS,
        }
        shape = [axis if isinstance(axis, int) else self.axis(axis, names) for axis in port.shape]
        if port.name in ("time_ids", "added_time_ids"):
            return torch.full(shape, 6.0)
        if "int" in port.type:
            vocabulary = getattr(self.pipeline, component).config.vocab_size
            length = getattr(
                getattr(self.pipeline, component).config, "max_position_embeddings", TOKENS
            )
            return torch.randint(vocabulary, (shape[0], length), generator=self.random)
        return torch.randn(shape, generator=self.random)

    def axis(self, name: str, names: dict[str, int]) -> int:
        """The size of an axis by the last word that its name holds."""
        for word, size in names.items():
            if word in name:
                return size
        return BATCH

    def original(self, component: str, feeds: dict[str, Tensor]) -> Tensor:
        """The original's first output."""
        run = RUNS.get(component, run_text)
        return run(self.pipeline, component, feeds)


def run_text(pipeline: DiffusionPipeline, component: str, feeds: dict[str, Tensor]) -> Tensor:
    """A text encoder: the graph's first output is the original's."""
    return getattr(pipeline, component)(feeds["input_ids"], return_dict=False)[0]


def run_unet(pipeline: DiffusionPipeline, _: str, feeds: dict[str, Tensor]) -> Tensor:
    """A U-Net of pictures or clips."""
    feeds = dict(feeds)
    names = ("text_embeds", "time_ids")
    added = {name: feeds.pop(name) for name in names if name in feeds}
    options: dict[str, Any] = {"added_cond_kwargs": added} if added else {}
    return pipeline.unet(**feeds, **options, return_dict=False)[0]


def run_transformer(pipeline: DiffusionPipeline, _: str, feeds: dict[str, Tensor]) -> Tensor:
    """A transformer."""
    return pipeline.transformer(**feeds, return_dict=False)[0]


def run_vae_encoder(pipeline: DiffusionPipeline, _: str, feeds: dict[str, Tensor]) -> Tensor:
    """Mean and log variance."""
    return pipeline.vae.encode(feeds["sample"]).latent_dist.parameters


def run_vae_decoder(pipeline: DiffusionPipeline, _: str, feeds: dict[str, Tensor]) -> Tensor:
    """Pixels; a temporal decoder is given one clip."""
    latents = feeds["latent_sample"]
    temporal = type(pipeline.vae).__name__ == "AutoencoderKLTemporalDecoder"
    return pipeline.vae.decode(latents, **({"num_frames": len(latents)} if temporal else {})).sample


def run_image_encoder(pipeline: DiffusionPipeline, _: str, feeds: dict[str, Tensor]) -> Tensor:
    """The projected picture."""
    return pipeline.image_encoder(feeds["pixel_values"]).image_embeds


RUNS: dict[str, Callable[[DiffusionPipeline, str, dict[str, Tensor]], Tensor]] = {
    "unet": run_unet,
    "transformer": run_transformer,
    "vae_encoder": run_vae_encoder,
    "vae_decoder": run_vae_decoder,
    "image_encoder": run_image_encoder,
}


def check_folder(source: Path, target: Path) -> dict[str, float]:
    """Largest relative difference by component."""
    check = Check(source, target)
    components = sorted(path.parent.name for path in target.glob("*/model.onnx"))
    return {component: check.difference(component) for component in components}
