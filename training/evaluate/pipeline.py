"""An exported folder as a pipeline in torch: what the services compute, in one process, for measuring."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.data.render import CLIP_FPS, DOMAINS
from training.export.components import Family
from training.export.load import load_family, read_config
from training.flow import Renoising, euler
from training.models.blocks import guidance_scale_embedding
from training.paths import REPOSITORY
from training.tokenizer import Tokenizer, load_tokenizer, unconditional_ids

DEFAULT_FOLDER = REPOSITORY / "models/pocket"
DEFAULT_SENTENCE = "un cane che corre su una collinetta erbosa"
BATCH = 16
CLIP_BATCH = 4
QUARTERS = 4
"""Frames of a clip at 16 fps for every key frame at 4 fps."""


@dataclass(frozen=True)
class Pipeline:
    """The networks and the tokenizer of one folder, and its kinora.json."""

    family: Family
    tokenizer: Tokenizer
    settings: dict[str, Any] = field(default_factory=dict)

    def default(self, model: str, setting: str) -> float:
        """A default of kinora.json, e.g. the steps of t2i."""
        return self.settings[model][setting]["default"]

    @torch.no_grad()
    def encode(self, texts: list[str]) -> Tensor:
        """Prompts -> float32 [B, 32, D]."""
        return self.family.text_encoder(
            torch.tensor([self.tokenizer.encode(text) for text in texts])
        )

    @torch.no_grad()
    def keyframes(
        self,
        texts: list[str],
        seeds: list[int],
        *,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> Tensor:
        """Key frames float32 [B, 3, 64, 64]; every picture has a noise stream of its own seed.

        Steps and guidance are the folder's by default. A network that embeds guidance runs once a step, others twice.
        """
        steps = steps or int(self.default("t2i", "num_inference_steps"))
        guidance = self.default("t2i", "guidance_scale") if guidance is None else guidance
        made = []
        for start in range(0, len(texts), BATCH):
            end = start + BATCH
            part = seeds[start:end]
            denoise, noise = self._denoiser(texts[start:end], guidance), noise_source(part)()
            made.append(euler(denoise, noise, steps, self._renoising(part)))
        return torch.cat(made)

    def _renoising(self, seeds: list[int]) -> Renoising | None:
        """The folder's, with noise from streams of its own: those of the seeds whose bits are the other way round."""
        levels = self.settings["t2i"].get("stochastic_levels")
        return levels and Renoising(noise_source([~seed & 0xFFFFFFFF for seed in seeds]), *levels)

    def _denoiser(self, texts: list[str], guidance: float) -> Any:
        unet, told = self.family.unet, self.encode(texts)
        if unet.config.distilled_steps:
            scale = guidance_scale_embedding(torch.full((len(texts),), guidance))
            return lambda x, timestep: unet(x, timestep, told, scale)
        nothing = self.family.text_encoder(torch.tensor([unconditional_ids()] * len(texts)))
        text = torch.cat([told, nothing])

        def denoise(x: Tensor, timestep: Tensor) -> Tensor:
            pair = unet(torch.cat([x, x]), torch.cat([timestep, timestep]), text)
            told, untold = pair.chunk(2)
            return untold + guidance * (told - untold)

        return denoise

    @torch.no_grad()
    def animate(
        self, key: Tensor, texts: list[str], seeds: list[int], *, steps: int | None = None
    ) -> Tensor:
        """Key frames [B, 3, 64, 64] -> clips [B, 17, 3, 64, 64] at 4 fps, the key frame first."""
        steps = steps or int(self.default("i2v", "num_inference_steps"))
        frames = self.family.motion_unet.config.num_frames
        times = torch.arange(1, frames + 1) / CLIP_FPS
        clips = []
        for start in range(0, len(texts), CLIP_BATCH):
            end = start + CLIP_BATCH
            part, text = key[start:end], self.encode(texts[start:end])
            noise = noise_source(seeds[start:end], (3, frames, 64, 64))()

            def denoise(
                x: Tensor, timestep: Tensor, text: Tensor = text, part: Tensor = part
            ) -> Tensor:
                return self.family.motion_unet(x, timestep, text, part, times)

            made = euler(denoise, noise, steps).transpose(1, 2)
            clips.append(torch.cat([part[:, None], made], 1))
        return torch.cat(clips).clamp(-1, 1)

    @torch.no_grad()
    def interpolate(self, clip: Tensor, stride: int = QUARTERS) -> Tensor:
        """Key frames [K, 3, 64, 64] -> frames [(K - 1) * stride + 1, 3, 64, 64].

        As the services do it: key frame i is frame i * stride, so at 4 the clip has 16 frames a second.
        """
        keys, made = len(clip), []
        position = torch.arange(1, stride) / stride
        for index in range(keys - 1):
            neighbours = range(index - 1, index + 3)
            frames = torch.stack([clip[min(max(n, 0), keys - 1)] for n in neighbours])
            known = torch.tensor([float(0 <= n < keys) for n in neighbours])
            between = self.family.interpolator(
                frames.expand(stride - 1, -1, -1, -1, -1), known.expand(stride - 1, -1), position
            )
            made += [clip[index : index + 1], between]
        return torch.cat([*made, clip[-1:]])

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Latents [N, 3, 64, 64] -> pictures [N, 3, 512, 512] in [-1, 1]."""
        return torch.cat([self.family.upsampler(part).clamp(-1, 1) for part in latents.split(4)])


def noise_source(seeds: list[int], shape: tuple[int, ...] = (3, 64, 64)) -> Callable[[], Tensor]:
    """Draws noise [B, *shape] as the services do: torch's CPU generator, one stream per seed."""
    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    return lambda: torch.cat([torch.randn(1, *shape, generator=stream) for stream in streams])


def load_pipeline(folder: Path = DEFAULT_FOLDER) -> Pipeline:
    """Reads an exported folder."""
    family = load_family(read_config(folder), folder)
    for module in vars(family).values():
        module.eval().to(memory_format=torch.channels_last)
    settings = json.loads((folder / "kinora.json").read_text(encoding="utf-8"))
    return Pipeline(family, load_tokenizer(folder / "tokenizer"), settings)


def evaluation_arguments(description: str | None) -> argparse.ArgumentParser:
    """The options of commands that measure an exported folder on scenes of a domain."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="full")
    return parser
