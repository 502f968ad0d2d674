"""Measures the decoder on fresh renders: `python -m training.evaluate.decoder [--domain full] [--sheet FILE]`.

PSNR of decoded latents beside bicubic enlargement, over first frames and later ones; what the judge still reads off
decoded renders; how much of a clip's change from frame to frame decoding adds; and a sheet: original, bicubic,
learned.
"""

import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import DOMAINS, EVALUATION_SEED_BASE, STILL_SIZE, draw_attributes
from training.evaluate.pipeline import Pipeline, evaluation_arguments, load_pipeline
from training.evaluate.tables import percent, print_table
from training.models.codec import FACTOR
from training.train.judge import ceilings, load_judge
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


def print_quality(pipeline: Pipeline, target: Tensor) -> tuple[Tensor, Tensor]:
    """Prints PSNR by kind of frame; returns learned and bicubic pictures."""
    latents = F.avg_pool2d(target, FACTOR)
    learned = pipeline.decode(latents)
    bicubic = F.interpolate(latents, scale_factor=FACTOR, mode="bicubic")
    kinds = {"first frames": slice(0, None, 2), "later frames": slice(1, None, 2)}
    table = [
        [
            name,
            f"{psnr(learned[rows], target[rows]):.2f}",
            f"{psnr(bicubic[rows], target[rows]):.2f}",
        ]
        for name, rows in kinds.items()
    ]
    print_table([f"PSNR in dB, {len(target)} renders", "learned", "bicubic"], table)
    return learned, bicubic


def print_judged(pipeline: Pipeline, domain: Domain, run: str, count: int) -> None:
    """Prints what the judge reads off real and off decoded renders, and the one as a share of the other."""
    scores = ceilings(load_judge(domain, run), domain, pipeline.family.upsampler, count)
    real, decoded = scores["real renders"], scores["decoded renders"]
    table = [[name, *(percent(values[n]) for n in real)] for name, values in scores.items()]
    table.append(
        ["decoded / real", *(percent(decoded[n] / real[n]) if real[n] else "-" for n in real)]
    )
    print_table([f"judge, {count} renders, per cent", *real], table)


def print_steadiness(pipeline: Pipeline, domain: Domain, count: int) -> None:
    """Prints the change between neighbouring frames at 16 fps, and its change, of decoded and of original clips."""
    rng, changes = random.Random(45), {"learned": [], "bicubic": [], "original": []}
    for index in range(count):
        attributes = draw_attributes(rng, domain, held_out=None)
        scene = Scene(attributes, EVALUATION_SEED_BASE + SEED_OFFSET + 50_000 + index)
        drawn = np.stack([render(scene, 1 + frame / 16, size=STILL_SIZE) for frame in range(9)])
        original = to_tensor(drawn)
        latents = F.avg_pool2d(original, FACTOR)
        bicubic = F.interpolate(latents, scale_factor=FACTOR, mode="bicubic")
        clips = {"learned": pipeline.decode(latents), "bicubic": bicubic, "original": original}
        for name, clip in clips.items():
            first, second = (clip.diff(n=n, dim=0).abs().mean().item() for n in (1, 2))
            changes[name].append((first, second))
    means = {name: np.mean(values, axis=0) for name, values in changes.items()}
    table = [
        [name, *(f"{v:.4f} ({v / w:.2f})" for v, w in zip(values, means["original"], strict=True))]
        for name, values in means.items()
    ]
    header = [f"{count} clips of 9 frames (share of the original's)", "change", "second difference"]
    print_table(header, table)


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--count", type=int, default=96)
    parser.add_argument("--judge", help="the run of a judge of this domain; none by default")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    pipeline, domain = load_pipeline(arguments.folder), DOMAINS[arguments.domain]
    target = fresh_stills(domain, arguments.count)
    learned, bicubic = print_quality(pipeline, target)
    if arguments.judge:
        print_judged(pipeline, domain, arguments.judge, 4 * arguments.count)
    print_steadiness(pipeline, domain, max(2, arguments.count // 8))
    if arguments.sheet:
        shown = [picture for i in range(4) for picture in (target[i], bicubic[i], learned[i])]
        save_sheet(torch.stack(shown), 3, arguments.sheet, scale=1)


if __name__ == "__main__":
    main()
