"""Measures motion: `python -m training.evaluate.motion [--count 48] [--sheet FILE]`.

Animates the world's own first frames of scenes never trained on and compares with the world's own clips; the baseline
copies the key frame. Subjects are found by the locator (train/locate.py), on the world's clips and on the model's
alike. The sheet shows 16 seeds of the default sentence: key frame and seven of the frames after it.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.contrast import local_contrast
from training.data.render import (
    CLIP_FPS,
    CLIP_FRAMES,
    DOMAINS,
    EVALUATION_SEED_BASE,
    draw_attributes,
    draw_frames,
)
from training.evaluate.pipeline import (
    DEFAULT_SENTENCE,
    Pipeline,
    evaluation_arguments,
    load_pipeline,
)
from training.evaluate.tables import percent, print_table
from training.evaluate.track import Tracks, compare_tracks
from training.models.judge import Judge
from training.models.locator import Locator, locate
from training.train.judge import decode_for_judge, load_judge
from training.train.locate import load_locator
from training.train.pictures import save_sheet, to_tensor
from training.train.upsample import psnr
from training.world.attributes import Attributes, Domain
from training.world.captions import caption
from training.world.scene import Scene

SHOWN = (1, 4, 8, 16)
SEED_OFFSET = 500_000
VISIBLE_SHARE = 0.6
"""A frame counts for identity while this share of the subject's first area is still in the world's own picture."""


@dataclass(frozen=True)
class Clips:
    """The world's clips of fresh seeds: what they show, captions, [N, 17, 3, 64, 64] and masks [N, 17, 64, 64]."""

    rows: list[Attributes]
    texts: list[str]
    frames: Tensor
    masks: Tensor


def true_clips(domain: Domain, count: int) -> Clips:
    """Scenes of fresh seeds with complete captions, English and Italian in turn."""
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
    return Clips(rows, texts, to_tensor(np.stack([clip["frames"] for clip in drawn])), masks)


def errors(made: Tensor, truth: Tensor, weight: Tensor) -> list[str]:
    """Mean squared error over `weight` at a few frames and over all."""
    weight = weight[:, :, None].expand_as(truth)
    squared = (made - truth).square() * weight
    values = [(squared[:, i].sum() / weight[:, i].sum()).item() for i in SHOWN]
    every = (squared[:, 1:].sum() / weight[:, 1:].sum()).item()
    return [f"{value:.4f}" for value in (*values, every)]


def moving(clip: Tensor) -> Tensor:
    """Mean change between neighbouring frames: the dynamic degree, by clip."""
    return clip.diff(dim=1).abs().mean((1, 2, 3, 4))


def flicker(clips: Tensor, outside: Tensor) -> float:
    """Mean second difference in time where the subject never is: what comes and goes within three frames."""
    second = clips.diff(n=2, dim=1).abs() * outside[:, None, None]
    frames = second.shape[1]
    return (second.sum() / (3 * frames * outside.sum())).item()


def contrast(clips: Tensor) -> float:
    """Mean local contrast of the frames after the first."""
    return local_contrast(clips[:, 1:].flatten(0, 1)).mean().item()


def background(clips: Tensor, masks: Tensor) -> float:
    """Mean change from the first frame where the subject neither is nor was."""
    outside = (1 - torch.maximum(masks, masks[:, :1].expand_as(masks)))[:, :, None]
    change = (clips - clips[:, :1]).abs() * outside
    return (change[:, 1:].sum() / (3 * outside[:, 1:].sum())).item()


@torch.no_grad()
def identity(judge: Judge, pipeline: Pipeline, clips: Tensor, visible: Tensor) -> dict[str, float]:
    """The share of frames after the first, subject still in the picture, that the judge names as it names frame 0."""
    verdicts: dict[str, list[Tensor]] = {"subject": [], "colour": [], "direction": []}
    for frame in range(clips.shape[1]):
        logits = judge(decode_for_judge(pipeline.family.upsampler, clips[:, frame]))
        for name, named in verdicts.items():
            named.append(logits[name].argmax(1))
    seen = visible[:, 1:]
    same = {}
    for name, named in verdicts.items():
        answers = torch.stack(named, 1)
        same[name] = ((answers[:, 1:] == answers[:, :1]) & seen).sum().item() / seen.sum().item()
    return same


def print_errors(made: Tensor, truth: Tensor, masks: Tensor) -> None:
    """Squared errors beside copying the key frame."""
    copy = truth[:, :1].expand_as(truth)
    either = torch.maximum(masks, masks[:, :1].expand_as(masks))
    areas = {"whole picture": torch.ones_like(masks), "where the subject is or was": either}
    table = [
        [f"{who}, {area}", *errors(clips, truth, weight)]
        for area, weight in areas.items()
        for who, clips in (("model", made), ("copy of the first frame", copy))
    ]
    print_table(["mean squared error", *(f"frame {i}" for i in SHOWN), "all"], table)


def print_change(made: Tensor, truth: Tensor, masks: Tensor) -> None:
    """How much changes, and where, beside the world's own clips."""
    never = 1 - masks.amax(1)
    inside = torch.maximum(masks[:, 1:], masks[:, :-1])[:, :, None]

    def legs(clips: Tensor) -> float:
        return ((clips.diff(dim=1).abs() * inside).sum() / (3 * inside.sum())).item()

    measured = {
        "dynamic degree (mean change between frames)": [
            moving(c).mean().item() for c in (made, truth)
        ],
        "change between frames inside the subject": [legs(made), legs(truth)],
        "background change from the first frame": [background(c, masks) for c in (made, truth)],
        "flicker where the subject never is": [flicker(c, never) for c in (made, truth)],
        "local contrast after the first frame": [contrast(c) for c in (made, truth)],
    }
    table = [[n, f"{m:.4f}", f"{w:.4f}", f"{m / w:.2f}"] for n, (m, w) in measured.items()]
    print_table(["", "model", "world", "model / world"], table)


def measure(
    pipeline: Pipeline, judge: Judge, locator: Locator, clips: Clips, steps: int | None
) -> None:
    """Prints errors beside the baseline, and direction, speed, change and identity beside the world's own."""
    truth, masks, count = clips.frames, clips.masks, len(clips.rows)
    made = pipeline.animate(truth[:, 0], clips.texts, [3000 + i for i in range(count)], steps=steps)
    keys = [pipeline.decode(frame) for frame in (made[:8, 0], truth[:8, 0])]
    first = "identical" if torch.equal(*keys) else f"{psnr(*keys):.1f} dB"
    print(f"{count} clips; frame 0 decoded, beside the key frame decoded: {first}")
    print_errors(made, truth, masks)
    print_change(made, truth, masks)
    tracks = Tracks(truth=masks, made=locate(locator, made), checked=locate(locator, truth))
    compare_tracks(tracks, [row.action for row in clips.rows])
    areas = masks.sum((2, 3))
    visible = areas > VISIBLE_SHARE * areas[:, :1]
    names = {"model": made, "world": truth}
    found = {n: identity(judge, pipeline, c, visible) for n, c in names.items()}
    print_table(
        ["judge agrees with frame 0, per cent of frames", "subject", "colour", "direction"],
        [[name, *(percent(share) for share in same.values())] for name, same in found.items()],
    )


def default_sheet(pipeline: Pipeline, sheet: Path, steps: int | None) -> None:
    """Writes 16 strips of the default sentence."""
    texts, seeds = [DEFAULT_SENTENCE] * 16, list(range(16))
    clips = pipeline.animate(pipeline.keyframes(texts, seeds), texts, seeds, steps=steps)
    strips = clips[:, [0, 1, 2, 3, 5, 7, 11, 16]].flatten(0, 1)
    save_sheet(F.avg_pool2d(pipeline.decode(strips), 4), 8, sheet, scale=1)


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--judge", default="judge-full", help="the judge's run")
    parser.add_argument("--locator", default="locator-full", help="the locator's run")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--steps", type=int, help="by default the folder's")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain, pipeline = DOMAINS[arguments.domain], load_pipeline(arguments.folder)
    if arguments.sheet:
        default_sheet(pipeline, arguments.sheet, arguments.steps)
    if arguments.count:
        judge, locator = load_judge(domain, arguments.judge), load_locator(arguments.locator)
        measure(pipeline, judge, locator, true_clips(domain, arguments.count), arguments.steps)


if __name__ == "__main__":
    main()
