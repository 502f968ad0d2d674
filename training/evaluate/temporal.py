"""Measures changes of time on clips that the world drew: `python -m training.evaluate.temporal [--count 12]`.

Key frames of scenes never trained on go the way of the edit service: an instruction worded as never in training is
read, the interpolator fills in, frames are reordered. Where the subject moves, each made frame is matched with the
world's own moments; rate, order and direction of the matched times must be those that were asked for. Slow motion is
then measured frame by frame: even frames are the source's, odd ones are compared with the world's, beside blending and
repetition, of clips whose frames the world drew, and of clips that were made from 17 key frames.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import CPU
from training.data.render import CLIP_FPS, CLIP_FRAMES, DOMAINS, draw_frames
from training.edit_world.instructions import say
from training.edit_world.pairs import EXAM_SEED_BASE
from training.edit_world.tasks import TASKS, Edit
from training.evaluate.pipeline import QUARTERS, Pipeline, evaluation_arguments, load_pipeline
from training.evaluate.tables import percent, print_table
from training.export.editor_load import load_edit_family
from training.models.task_predictor import TaskPredictor
from training.tokenizer import Tokenizer, load_tokenizer
from training.train.pictures import save_sheet, to_tensor
from training.train.task_predictor import read
from training.train.upsample import psnr
from training.world.attributes import Attributes, Domain, sample_attributes
from training.world.captions import LANGUAGES, Language
from training.world.scene import Scene

TEMPORAL_TASKS = tuple(task.name for task in TASKS if task.clip_only and not task.drawn)
FPS = CLIP_FPS * QUARTERS
GRID_FPS = 2 * FPS
"""The world's moments that made frames are matched with: those of slow motion."""

SEED_OFFSET = 50_000
MOVING_ACTIONS = ("run", "walk")
"""Actions whose every moment looks different, since the subject goes somewhere."""

RATE_TOLERANCE, ORDER_SHARE, ORDER_STEP = 0.1, 0.95, 8
"""A rate is right within a tenth, an order where 95 % of the pairs half a second apart are."""


COLUMNS = ("rate", "order", "direction", "all three", "copy", "read", "read and done")
"""What the table of tasks says; `copy` is all three of the source as it was."""


SHOWN = 9
"""Moments of a strip."""


@dataclass(frozen=True)
class WorldClip:
    """A clip at 32 fps, as long as a served one: float32 [129, 3, 64, 64], masks [129, 64, 64]."""

    frames: Tensor
    masks: Tensor
    language: Language

    @property
    def key_frames(self) -> Tensor:
        return self.frames[:: GRID_FPS // CLIP_FPS]


def draw_clips(domain: Domain, count: int) -> list[WorldClip]:
    """Scenes of fresh seeds in which the subject moves."""
    rng, clips = random.Random(71), []
    while len(clips) < count:
        attributes: Attributes = sample_attributes(rng, domain)
        if attributes.action not in MOVING_ACTIONS or attributes.camera != "still":
            continue
        scene = Scene(attributes, EXAM_SEED_BASE + SEED_OFFSET + len(clips))
        drawn = draw_frames(scene, GRID_FPS * (CLIP_FRAMES - 1) // CLIP_FPS + 1, GRID_FPS)
        masks = torch.from_numpy(drawn["masks"]).float() / 255
        clips.append(WorldClip(to_tensor(drawn["frames"]), masks, LANGUAGES[len(clips) % 2]))
    return clips


def slow_motion(pipeline: Pipeline, frames: Tensor) -> Tensor:
    """A new frame between each two of [T, 3, 64, 64]: [2T - 1, 3, 64, 64]."""
    return pipeline.interpolate(frames, 2)


def changed_clip(pipeline: Pipeline, frames: Tensor, task: str) -> Tensor:
    """Latents of the changed clip, as services/gateway/src/plans/temporal-edits.ts makes them."""
    orders: dict[str, Callable[[], Tensor]] = {
        "slow_motion": lambda: slow_motion(pipeline, frames),
        "faster": lambda: frames[::2],
        "reverse": lambda: frames.flip(0),
        "loop": lambda: torch.cat([frames, frames[1:-1].flip(0)]),
    }
    return orders[task]()


def wanted_rates(task: str) -> tuple[float, ...]:
    """Seconds of the source for each second of the changed clip, in each of its equal parts."""
    return {"slow_motion": (0.5,), "faster": (2.0,), "reverse": (-1.0,), "loop": (1.0, -1.0)}[task]


def matched_times(made: Tensor, clip: WorldClip) -> np.ndarray:
    """For every made frame the world's nearest moment in seconds, by squared error where the world's clip changes."""
    weight = clip.frames.std(0).mean(0)
    scale = weight.sqrt()[None, None]
    truth, frames = (clip.frames * scale).flatten(1), (made * scale).flatten(1)
    return torch.cdist(frames, truth).argmin(1).numpy() / GRID_FPS


def judge_times(times: np.ndarray, task: str) -> dict[str, bool]:
    """Whether rate, order and direction of matched times are those of the task, in every part of the clip."""
    rates = wanted_rates(task)
    verdict = {"rate": True, "order": True, "direction": True}
    for part, wanted in zip(np.array_split(times, len(rates)), rates, strict=True):
        seconds = np.arange(len(part)) / FPS
        rate = float(np.polyfit(seconds, part, 1)[0])
        steps = part[ORDER_STEP:] - part[:-ORDER_STEP]
        verdict["rate"] &= abs(abs(rate) / abs(wanted) - 1) < RATE_TOLERANCE
        verdict["order"] &= float((np.sign(steps) == np.sign(wanted)).mean()) >= ORDER_SHARE
        verdict["direction"] &= bool(np.sign(rate) == np.sign(wanted))
    return verdict


def is_read(
    predictor: TaskPredictor, tokenizer: Tokenizer, task: str, clip: WorldClip, index: int
) -> bool:
    """Whether a held-out wording of the task is read as the task."""
    text = say(Edit(task), random.Random(f"temporal/{task}/{index}"), clip.language, "held_out")
    return read(predictor, tokenizer, [text])[0].edit.task == task


def measure_tasks(pipeline: Pipeline, folder: Path, clips: list[WorldClip]) -> None:
    """Prints per task the share of clips whose time is as asked, and of instructions that were read."""
    predictor = load_edit_family(folder).predictor
    tokenizer = load_tokenizer(folder / "editor_tokenizer")
    sources = [pipeline.interpolate(clip.key_frames) for clip in clips]
    table = []
    for task in TEMPORAL_TASKS:
        shares: dict[str, list[bool]] = {name: [] for name in COLUMNS}
        for index, (clip, source) in enumerate(zip(clips, sources, strict=True)):
            made = changed_clip(pipeline, source, task)
            verdict = judge_times(matched_times(made, clip), task)
            done, told = all(verdict.values()), is_read(predictor, tokenizer, task, clip, index)
            copied = all(judge_times(matched_times(source, clip), task).values())
            others = {
                "all three": done,
                "copy": copied,
                "read": told,
                "read and done": told and done,
            }
            for name, right in (verdict | others).items():
                shares[name].append(right)
        table.append([task, *(percent(float(np.mean(shares[name]))) for name in COLUMNS)])
    print_table(["per cent of clips", *COLUMNS], table)


def strip(source: Tensor, made: Tensor) -> Tensor:
    """Two rows of pictures at the same clock, source above changed clip [2 * SHOWN, 3, 64, 64]; grey after its end."""
    moments = np.linspace(0, len(made) - 1, SHOWN).round().astype(int)
    ended = torch.zeros_like(source[0])
    above = [source[moment] if moment < len(source) else ended for moment in moments]
    return torch.stack([*above, *made[moments]])


def draw_strips(pipeline: Pipeline, clip: WorldClip, folder: Path) -> None:
    """Writes a strip of one clip for every task, decoded."""
    source = pipeline.interpolate(clip.key_frames)
    for task in TEMPORAL_TASKS:
        latents = strip(source, changed_clip(pipeline, source, task))
        pictures = F.avg_pool2d(pipeline.decode(latents), 4)
        save_sheet(pictures, SHOWN, folder / f"{task}.png", scale=1)


def squared(made: Tensor, truth: Tensor, weight: Tensor) -> float:
    """Mean squared error over `weight` [N, h, w] of pictures [N, 3, h, w]."""
    error = (made - truth).square().mean(1)
    return float((error * weight).sum() / weight.sum())


@torch.no_grad()
def measure_slow_motion(
    pipeline: Pipeline, clips: list[WorldClip], sources: list[Tensor], *, whose: str, decoded: int
) -> None:
    """Prints how even frames match the source's, and odd ones the world's, beside blending and repetition."""
    errors: dict[str, list[list[float]]] = {"slow motion": [], "blending": [], "repetition": []}
    even = []
    for index, (clip, source) in enumerate(zip(clips, sources, strict=True)):
        slow = slow_motion(pipeline, source)
        answers = {
            "slow motion": slow[1::2],
            "blending": (source[:-1] + source[1:]) / 2,
            "repetition": source[:-1],
        }
        truth, mask = clip.frames[1::2], clip.masks[1::2]
        for name, answer in answers.items():
            errors[name].append([squared(answer, truth, w) for w in (torch.ones_like(mask), mask)])
        if index < decoded:
            pairs = [pipeline.decode(frames[::8]) for frames in (slow[::2], source)]
            # Equal pictures have no noise at all; 99 dB stand for that.
            even.append(min(psnr(*pairs), 99.0))
    rows = [[name, *(f"{v:.5f}" for v in np.mean(found, 0))] for name, found in errors.items()]
    print_table(
        [f"squared error of odd frames, {whose}", "whole picture", "inside the subject"], rows
    )
    for name in ("blending", "repetition"):
        better = np.array(errors["slow motion"]) < np.array(errors[name])
        whole, inside = better.mean(0)
        print(f"nearer than {name} on {percent(whole)} % of clips, inside on {percent(inside)} %")
    if even:
        print(f"even frames beside the source's, decoded: {min(even):.1f} dB or more")


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument(
        "--edit-folder", type=Path, help="where the task predictor is; the folder by default"
    )
    parser.add_argument("--count", type=int, default=12, help="clips")
    parser.add_argument(
        "--decoded", type=int, default=2, help="clips whose even frames are decoded"
    )
    parser.add_argument("--sheets", type=Path, help="a folder for one strip per task")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(CPU.threads)
    pipeline = load_pipeline(arguments.folder)
    clips = draw_clips(DOMAINS[arguments.domain], arguments.count)
    if arguments.sheets:
        draw_strips(pipeline, clips[0], arguments.sheets)
    measure_tasks(pipeline, arguments.edit_folder or arguments.folder, clips)
    drawn = [clip.frames[::2] for clip in clips]
    made = [pipeline.interpolate(clip.key_frames) for clip in clips]
    for sources, whose in (
        (drawn, "of the world's frames"),
        (made, "of frames made from key frames"),
    ):
        measure_slow_motion(pipeline, clips, sources, whose=whose, decoded=arguments.decoded)


if __name__ == "__main__":
    main()
