"""Compares the upsampler with the autoencoder: `python -m training.evaluate.codecs --upsampler RUN --autoencoder RUN`.

Both trained equally long on the same crops: PSNR of fresh renders, and on clips how much decoding disturbs what should
hold still or move evenly.
"""

import argparse
import json
import random

import numpy as np
import torch
from torch import Tensor, nn

from training.config import CPU, PRESETS
from training.data.render import DOMAINS, EVALUATION_SEED_BASE, STILL_SIZE, draw_attributes
from training.evaluate.decoder import SEED_OFFSET, fresh_stills
from training.evaluate.tables import print_table
from training.export.sizes import family_config
from training.models.autoencoder import Autoencoder
from training.paths import run_folder
from training.train.pictures import to_tensor
from training.train.session import best_weights
from training.train.upsample import psnr, reconstruct
from training.world.attributes import Domain
from training.world.render import render
from training.world.scene import Scene

FRAMES, FPS = 9, 16


def fresh_clips(domain: Domain, count: int) -> Tensor:
    """Renders at 16 fps, float32 [N, 9, 3, 512, 512]."""
    rng, clips = random.Random(46), []
    for index in range(count):
        attributes = draw_attributes(rng, domain, held_out=None)
        scene = Scene(attributes, EVALUATION_SEED_BASE + SEED_OFFSET + 60_000 + index)
        clips.append([render(scene, 1 + i / FPS, size=STILL_SIZE) for i in range(FRAMES)])
    return to_tensor(np.array(clips))


@torch.no_grad()
def through(model: nn.Module, pictures: Tensor) -> Tensor:
    """Pictures through the codec, a few at a time."""
    return torch.cat([reconstruct(model, part).clamp(-1, 1) for part in pictures.split(4)])


def row(name: str, run: str, model: nn.Module, stills: Tensor, clips: Tensor) -> list[str]:
    """One line of the table."""
    model.load_state_dict(best_weights(run))
    model = model.to(memory_format=torch.channels_last).eval()
    spent = json.loads((run_folder(run) / "progress.json").read_text())
    made = torch.stack([through(model, clip) for clip in clips])
    still = clips.diff(dim=1).abs().amax(2, keepdim=True) < 1 / 255
    change = made.diff(dim=1).abs()
    wrong = (made.diff(dim=1) - clips.diff(dim=1)).abs().mean()
    return [
        name,
        f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M",
        f"{spent['seconds'] / 60:.1f} min, {spent['samples']} crops",
        f"{psnr(through(model, stills), stills):.2f} dB",
        f"{psnr(made.flatten(0, 1), clips.flatten(0, 1)):.2f} dB",
        f"{(change * still).sum() / (3 * still.sum()):.5f}",
        f"{wrong:.4f}",
    ]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upsampler", default="upsampler")
    parser.add_argument("--autoencoder", default="autoencoder")
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="full")
    parser.add_argument("--preset", choices=sorted(PRESETS), default=CPU.name)
    parser.add_argument("--count", type=int, default=32)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain = DOMAINS[arguments.domain]
    stills, clips = fresh_stills(domain, arguments.count), fresh_clips(domain, 4)
    upsampler = family_config(PRESETS[arguments.preset], 3).build().upsampler
    table = [
        row("upsampler, 64x64x3", arguments.upsampler, upsampler, stills, clips),
        row("autoencoder, 32x32x8", arguments.autoencoder, Autoencoder(), stills, clips),
    ]
    header = ["codec", "parameters", "trained", "stills", "clips"]
    print_table([*header, "change where nothing changes", "error of the change"], table)


if __name__ == "__main__":
    main()
