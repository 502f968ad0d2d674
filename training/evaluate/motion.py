"""Measures motion: `python -m training.evaluate.motion [--count 48] [--sheet FILE]`.

Animates the world's own first frames of scenes never trained on and compares with the world's own clips; the baseline
copies the key frame. The sheet shows 16 seeds of the default sentence, key frame and every second frame after it.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.data.render import (
    CLIP_FPS,
    CLIP_FRAMES,
    DOMAINS,
    EVALUATION_SEED_BASE,
    draw_attributes,
    draw_frames,
)
from training.evaluate.pipeline import DEFAULT_FOLDER, DEFAULT_SENTENCE, Pipeline, load_pipeline
from training.models.judge import Judge
from training.train.judge import decode_for_judge, load_judge
from training.train.pictures import save_sheet, to_tensor
from training.world.attributes import Attributes, Domain
from training.world.captions import caption
from training.world.scene import Scene

SHOWN = (1, 4, 8, 15)
SEED_OFFSET = 500_000


def true_clips(domain: Domain, count: int) -> tuple[list[Attributes], list[str], Tensor, Tensor]:
    """Scenes of fresh seeds: attributes, complete captions, clips [N, 16, 3, 64, 64] and masks [N, 16, 64, 64]."""
    rng = random.Random(55)
    rows = [draw_attributes(rng, domain, held_out=None) for _ in range(count)]
    texts = [
        caption(row, rng, language=("en", "it")[i % 2], complete=True) for i, row in enumerate(rows)
    ]
    drawn = [
        draw_frames(Scene(row, EVALUATION_SEED_BASE + SEED_OFFSET + i), CLIP_FRAMES, CLIP_FPS)
        for i, row in enumerate(rows)
    ]
    masks = torch.from_numpy(np.stack([clip["masks"] for clip in drawn])).float() / 255
    return rows, texts, to_tensor(np.stack([clip["frames"] for clip in drawn])), masks


def errors(made: Tensor, truth: Tensor, weight: Tensor) -> str:
    """Mean squared error over `weight` at a few frames and over all."""
    weight = weight[:, :, None].expand_as(truth)
    squared = (made - truth).square() * weight
    values = [(squared[:, i].sum() / weight[:, i].sum()).item() for i in SHOWN]
    every = (squared[:, 1:].sum() / weight[:, 1:].sum()).item()
    return " ".join(f"{value:.4f}" for value in values) + f", all {every:.4f}"


def centre(masks: Tensor) -> Tensor:
    """Horizontal centre of masks [..., 64, 64], in latent pixels."""
    columns = masks.sum(-2)
    return (columns * torch.arange(64)).sum(-1) / columns.sum(-1).clamp(min=1e-6)


def moving(clip: Tensor) -> Tensor:
    """Mean change between neighbouring frames: the dynamic degree, by clip."""
    return clip.diff(dim=1).abs().mean((1, 2, 3, 4))


@torch.no_grad()
def identity(judge: Judge, pipeline: Pipeline, clips: Tensor, wanted: list[Attributes]) -> str:
    """How often the judge finds the right subject and colour, by frame, while the subject is in the picture."""
    scores = {"subject": [], "colour": [], "direction": []}
    for frame in SHOWN:
        logits = judge(decode_for_judge(pipeline.family.upsampler, clips[:, frame]))
        for name, hits in scores.items():
            values = judge.config.heads[name]
            right = [
                values[i] == getattr(a, name)
                for i, a in zip(logits[name].argmax(1), wanted, strict=True)
            ]
            hits.append(f"{100 * sum(right) / len(right):.0f}")
    return "; ".join(f"{name} {' '.join(hits)}" for name, hits in scores.items())


def measure(pipeline: Pipeline, judge: Judge, domain: Domain, count: int, steps: int) -> None:
    """Prints errors beside the baseline, dynamic degree and identity beside the world's own."""
    rows, texts, truth, masks = true_clips(domain, count)
    made = pipeline.animate(truth[:, 0], texts, [3000 + i for i in range(count)], steps=steps)
    copy = truth[:, :1].expand_as(truth)
    either = torch.maximum(masks, masks[:, :1].expand_as(masks))
    print(
        f"frame 0 of the clip is the key frame: error {(made[:, 0] - truth[:, 0]).abs().max():.6f}"
    )
    for name, weight in (
        ("whole picture", torch.ones_like(masks)),
        ("subject, there or at first", either),
    ):
        print(f"MSE at frames {SHOWN}, {name}: model {errors(made, truth, weight)}")
        print(f"  copying the key frame: {errors(copy, truth, weight)}")
    print(
        f"dynamic degree: model {moving(made).mean():.4f}, world {moving(truth).mean():.4f}, copy 0"
    )
    print(
        f"background change: model {background(made, masks):.4f}, world {background(truth, masks):.4f}"
    )
    print(f"judge on frames {SHOWN}: model {identity(judge, pipeline, made, rows)}")
    print(f"  the world's own frames: {identity(judge, pipeline, truth, rows)}")


def background(clips: Tensor, masks: Tensor) -> float:
    """Mean change from the first frame where the subject neither is nor was."""
    outside = (1 - torch.maximum(masks, masks[:, :1].expand_as(masks)))[:, :, None]
    change = (clips - clips[:, :1]).abs() * outside
    return (change[:, 1:].sum() / (3 * outside[:, 1:].sum())).item()


def default_sheet(pipeline: Pipeline, sheet: Path, steps: int) -> None:
    """Writes 16 strips of the default sentence."""
    texts, seeds = [DEFAULT_SENTENCE] * 16, list(range(16))
    clips = pipeline.animate(pipeline.keyframes(texts, seeds), texts, seeds, steps=steps)
    strips = clips[:, [0, 1, 2, 3, 5, 7, 10, 15]].flatten(0, 1)
    pictures = torch.nn.functional.avg_pool2d(pipeline.decode(strips), 4)
    save_sheet(pictures, 8, sheet, scale=1)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="first")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain, pipeline = DOMAINS[arguments.domain], load_pipeline(arguments.folder)
    if arguments.sheet:
        default_sheet(pipeline, arguments.sheet, arguments.steps)
    if arguments.count:
        measure(pipeline, load_judge(domain), domain, arguments.count, arguments.steps)


if __name__ == "__main__":
    main()
