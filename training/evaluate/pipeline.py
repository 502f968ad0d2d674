"""An exported folder as a pipeline in torch: what the services compute, in one process, for measuring."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from training.data.render import CLIP_FPS
from training.export.components import Family
from training.export.load import load_family, read_config
from training.flow import euler
from training.paths import REPOSITORY
from training.tokenizer import Tokenizer, load_tokenizer, unconditional_ids

DEFAULT_FOLDER = REPOSITORY / "models/pocket"
DEFAULT_SENTENCE = "un cane che corre su una collinetta erbosa"
BATCH = 16


@dataclass(frozen=True)
class Pipeline:
    """The networks and the tokenizer of one folder."""

    family: Family
    tokenizer: Tokenizer

    @torch.no_grad()
    def encode(self, texts: list[str]) -> Tensor:
        """Prompts -> float32 [B, 32, D]."""
        return self.family.text_encoder(
            torch.tensor([self.tokenizer.encode(text) for text in texts])
        )

    @torch.no_grad()
    def keyframes(
        self, texts: list[str], seeds: list[int], *, steps: int = 12, guidance: float = 3.0
    ) -> Tensor:
        """Key frames float32 [B, 3, 64, 64]; every picture has a noise stream of its own seed."""
        made = []
        for start in range(0, len(texts), BATCH):
            part, noise = (
                texts[start : start + BATCH],
                noises(seeds[start : start + BATCH], (3, 64, 64)),
            )
            nothing = torch.tensor([unconditional_ids()] * len(part))
            text = torch.cat([self.encode(part), self.family.text_encoder(nothing)])

            def denoise(x: Tensor, timestep: Tensor, text: Tensor = text) -> Tensor:
                pair = self.family.unet(torch.cat([x, x]), torch.cat([timestep, timestep]), text)
                told, untold = pair.chunk(2)
                return untold + guidance * (told - untold)

            made.append(euler(denoise, noise, steps))
        return torch.cat(made)

    @torch.no_grad()
    def animate(self, key: Tensor, texts: list[str], seeds: list[int], *, steps: int = 8) -> Tensor:
        """Key frames [B, 3, 64, 64] -> clips [B, 16, 3, 64, 64] at 4 fps, the key frame first."""
        frames = self.family.motion_unet.config.num_frames
        times = torch.arange(1, frames + 1) / CLIP_FPS
        clips = []
        for start in range(0, len(texts), 4):
            part, text = key[start : start + 4], self.encode(texts[start : start + 4])
            noise = noises(seeds[start : start + 4], (3, frames, 64, 64))

            def denoise(
                x: Tensor, timestep: Tensor, text: Tensor = text, part: Tensor = part
            ) -> Tensor:
                return self.family.motion_unet(x, timestep, text, part, times)

            made = euler(denoise, noise, steps).transpose(1, 2)
            clips.append(torch.cat([part[:, None], made], 1))
        return torch.cat(clips).clamp(-1, 1)

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Latents [N, 3, 64, 64] -> pictures [N, 3, 512, 512] in [-1, 1]."""
        return torch.cat([self.family.upsampler(part).clamp(-1, 1) for part in latents.split(4)])


def noises(seeds: list[int], shape: tuple[int, ...]) -> Tensor:
    """Noise as the services draw it: torch's CPU generator, one stream per seed."""
    streams = (torch.Generator().manual_seed(seed) for seed in seeds)
    return torch.cat([torch.randn(1, *shape, generator=stream) for stream in streams])


def load_pipeline(folder: Path = DEFAULT_FOLDER) -> Pipeline:
    """Reads an exported folder."""
    family = load_family(read_config(folder), folder)
    for module in vars(family).values():
        module.eval().to(memory_format=torch.channels_last)
    return Pipeline(family, load_tokenizer(folder / "tokenizer"))
