"""Measures the decoder on fresh renders: `python -m training.evaluate.decoder [--domain full] [--sheet FILE]`.

PSNR of decoded latents beside bicubic enlargement, over first frames and later ones, and a sheet: original, bicubic,
learned.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import DOMAINS, EVALUATION_SEED_BASE, STILL_SIZE, draw_attributes
from training.evaluate.pipeline import DEFAULT_FOLDER, load_pipeline
from training.train.pictures import save_sheet, to_tensor
from training.train.upsample import psnr
from training.world.attributes import Domain
from training.world.render import render
from training.world.scene import Scene

SEED_OFFSET = 700_000


def fresh_stills(domain: Domain, count: int) -> Tensor:
    """Renders of unused seeds at any moment of their four seconds, float32 [N, 3, 512, 512]."""
    rng = random.Random(44)
    frames = []
    for index in range(count):
        scene = Scene(
            draw_attributes(rng, domain, held_out=None), EVALUATION_SEED_BASE + SEED_OFFSET + index
        )
        frames.append(render(scene, rng.uniform(0, 4) if index % 2 else 0.0, size=STILL_SIZE))
    return to_tensor(np.stack(frames))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="full")
    parser.add_argument("--count", type=int, default=96)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    pipeline, target = (
        load_pipeline(arguments.folder),
        fresh_stills(DOMAINS[arguments.domain], arguments.count),
    )
    latents = F.avg_pool2d(target, 8)
    learned, bicubic = (
        pipeline.decode(latents),
        F.interpolate(latents, scale_factor=8, mode="bicubic"),
    )
    for name, rows in (("first frames", slice(0, None, 2)), ("later frames", slice(1, None, 2))):
        print(
            f"{name}: learned {psnr(learned[rows], target[rows]):.2f} dB, "
            f"bicubic {psnr(bicubic[rows], target[rows]):.2f} dB"
        )
    if arguments.sheet:
        shown = [picture for i in range(4) for picture in (target[i], bicubic[i], learned[i])]
        save_sheet(torch.stack(shown), 3, arguments.sheet, scale=1)


if __name__ == "__main__":
    main()
