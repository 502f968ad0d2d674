"""Measures the editor against the world's exact edits: `python -m training.evaluate.edits [--count 24] [--sheet FILE]`.

Instructions are worded as never in training and read by the task predictor. Per task and language: efficacy by the
nearest of the world's own twins (the scene with every value of the edited attribute) and, where it knows the attribute,
by the judge of `--judge`; L1 outside the true change, L1 overall and PSNR at 512x512, beside copying the source and the
decoder's ceiling; then drift over five turns, with and without thresholding.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import CPU
from training.data.render import DOMAINS, STILL_SIZE
from training.edit_world.grammar import LANGUAGES
from training.edit_world.instructions import say
from training.edit_world.pairs import EXAM_SEED_BASE, Pair
from training.edit_world.tasks import (
    BY_NAME,
    DRAWN_TASKS,
    EDIT_DOMAINS,
    NOT_UNDERSTOOD,
    STYLES,
    Edit,
    draw_edit,
)
from training.evaluate.pipeline import DEFAULT_FOLDER, Pipeline, load_pipeline
from training.evaluate.threshold import keep_unchanged
from training.export.editor_load import load_edit_family
from training.models.judge import JUDGE_SIZE, Judge
from training.tokenizer import load_tokenizer
from training.train.edit import Editor, Sampling, sample_edits, tell
from training.train.judge import load_judge
from training.train.pictures import save_sheet, to_pixels, to_tensor
from training.train.task_predictor import read
from training.world.attributes import Domain, is_sensible, sample_attributes

TIMES = (0.0, 1.25, 2.5, 3.75)
"""Key frames at which clips are compared; a picture is the first."""

CHANGED = 3 / 255
LOCAL_TASKS = ("recolour", "replace", "add", "remove")
TURNS = 5


@dataclass(frozen=True)
class Exam:
    """One pair, an instruction for it in one language, and the moments it is shown at."""

    pair: Pair
    language: str
    text: str
    times: tuple[float, ...]


def draw_exams(domain: Domain, task: str, count: int) -> list[Exam]:
    """Pairs of one task on seeds of their own, languages in turn; clips where one picture does not tell."""
    rng, exams = random.Random(f"exam/{task}"), []
    while len(exams) < count:
        source = sample_attributes(rng, domain)
        if task == "remove" and source.accessory == "none":
            continue
        if task == "add":
            source = replace(source, accessory="none")
        edit, target = draw_edit(rng, source, domain, (task,))
        seed = EXAM_SEED_BASE + 1000 * DRAWN_TASKS.index(task) + len(exams)
        language = LANGUAGES[len(exams) % len(LANGUAGES)]
        times = TIMES if BY_NAME[task].clip_only else TIMES[:1]
        text = say(edit, rng, language, "held_out")
        exams.append(Exam(Pair(source, target, edit, seed), language, text, times))
    return exams


def twins(exam: Exam, domain: Domain) -> Iterator[tuple[str, np.ndarray]]:
    """The same scene with every value that the edited attribute may have, as latents uint8 [T, 64, 64, 3]."""
    pair, times = exam.pair, list(exam.times)
    if pair.edit.task == "style":
        yield "none", pair.latents(times, after=False)
        for style in STYLES:
            yield style, replace(pair, edit=Edit("style", style)).latents(times, after=True)
        return
    name = BY_NAME[pair.edit.task].head or ""
    for value in getattr(domain, name):
        twin = replace(pair.target, **{name: value})
        if is_sensible(twin):
            yield value, replace(pair, source=twin).latents(times, after=False)


def wanted_value(pair: Pair) -> str:
    """The value that the nearest twin of a good edit has."""
    name = BY_NAME[pair.edit.task].head or ""
    return pair.edit.value or "" if pair.edit.task == "style" else getattr(pair.target, name)


def nearest(exam: Exam, domain: Domain, latents: Tensor) -> str:
    """The value of the twin closest to edited latents [T, 3, 64, 64], by mean absolute difference."""
    distances = {
        value: (to_tensor(twin) - latents).abs().mean().item()
        for value, twin in twins(exam, domain)
    }
    return min(distances, key=distances.__getitem__)


class Editing:
    """What a service would do: read the instruction, edit latents, decode; and the judge of what came out."""

    def __init__(
        self, pipeline: Pipeline, folder: Path, how: Sampling, judge: Judge | None = None
    ) -> None:
        family = load_edit_family(folder)
        if family.editor is None or family.text_encoder is None:
            raise SystemExit(f"{folder} holds no editor")
        self.pipeline, self.how, self.judge = pipeline, how, judge
        self.predictor, self.tokenizer = (
            family.predictor,
            load_tokenizer(folder / "editor_tokenizer"),
        )
        editor = Editor(family.text_encoder, family.editor)
        self.editor = editor.to(memory_format=torch.channels_last).eval()

    def edit(self, source: Tensor, text: str, times: tuple[float, ...], seed: int) -> Tensor:
        """Latents [T, 3, 64, 64] edited as told; unchanged where the instruction is not understood."""
        edit = read(self.predictor, self.tokenizer, [text])[0].edit
        if edit.task == NOT_UNDERSTOOD or edit.task not in DRAWN_TASKS:
            return source
        told = tell(self.tokenizer, [text], [edit])
        moments = torch.tensor([times])
        return sample_edits(self.editor, source[None], told, moments, how=self.how, seeds=[seed])[0]

    def decode(self, latents: Tensor) -> np.ndarray:
        """Pictures uint8 [T, 512, 512, 3]."""
        return to_pixels(self.pipeline.decode(latents))


def unit(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / 255


def psnr(made: np.ndarray, truth: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of uint8 pictures."""
    return float(-10 * np.log10(np.square(unit(made) - unit(truth)).mean() + 1e-10))


def closeness(made: np.ndarray, truth: np.ndarray, source: np.ndarray) -> dict[str, float]:
    """L1 outside the true change and overall, in 0..1, and PSNR; uint8 [T, 512, 512, 3] each."""
    changed = np.abs(unit(truth) - unit(source)).max(-1) > CHANGED
    error = np.abs(unit(made) - unit(truth)).mean(-1)
    outside = float(error[~changed].mean()) if (~changed).any() else float("nan")
    return {"outside": outside, "L1": float(error.mean()), "PSNR": psnr(made, truth)}


@torch.no_grad()
def judged(judge: Judge | None, pair: Pair, pictures: np.ndarray) -> float:
    """Whether the judge sees the wanted value in the first picture; nan where it cannot tell."""
    head = BY_NAME[pair.edit.task].head or ""
    if judge is None or wanted_value(pair) not in judge.config.heads.get(head, ()):
        return float("nan")
    seen = F.avg_pool2d(to_tensor(pictures[:1]), STILL_SIZE // JUDGE_SIZE)
    value = judge.config.heads[head][int(judge(seen)[head].argmax())]
    return float(value == wanted_value(pair))


def full_size(pair: Pair, times: tuple[float, ...], *, after: bool) -> np.ndarray:
    return np.stack([pair.frame(t, after=after, size=STILL_SIZE) for t in times])


def measure(editing: Editing, domain: Domain, task: str, count: int) -> tuple[list[str], Tensor]:
    """Lines of results of a task by language, and pictures for its sheet: sources, then edits."""
    rows: dict[str, list[dict[str, float]]] = {language: [] for language in LANGUAGES}
    shown: list[tuple[Tensor, Tensor]] = []
    for index, exam in enumerate(draw_exams(domain, task, count)):
        source, truth = (full_size(exam.pair, exam.times, after=a) for a in (False, True))
        latents = F.avg_pool2d(to_tensor(source), 8)
        made = editing.edit(latents, exam.text, exam.times, seed=index)
        pictures = editing.decode(made)
        ceiling = editing.decode(F.avg_pool2d(to_tensor(truth), 8))
        scores = {"efficacy": float(nearest(exam, domain, made) == wanted_value(exam.pair))}
        scores["copy efficacy"] = float(nearest(exam, domain, latents) == wanted_value(exam.pair))
        for name, candidate in (("", pictures), ("copy ", source), ("ceiling ", ceiling)):
            scores |= {name + k: v for k, v in closeness(candidate, truth, source).items()}
            scores[name + "judge"] = judged(editing.judge, exam.pair, candidate)
        rows[exam.language].append(scores)
        shown.append(tuple(F.avg_pool2d(to_tensor(x[-1:]), 4)[0] for x in (source, pictures)))
    sheet = torch.stack([pair[i] for i in (0, 1) for pair in shown[:8]])
    return [line(task, language, found) for language, found in rows.items()], sheet


def line(task: str, language: str, scores: list[dict[str, float]]) -> str:
    """One row of the table; a table's reader wants the copy and the ceiling beside each number."""

    def mean(name: str) -> float:
        return float(np.nanmean([row[name] for row in scores]))

    parts = [f"{task} {language}: efficacy {100 * mean('efficacy'):.0f} %"]
    parts[0] += f" (copy {100 * mean('copy efficacy'):.0f} %)"
    if not all(np.isnan(row["judge"]) for row in scores):
        told = [f"{100 * mean(start + 'judge'):.0f}" for start in ("", "copy ", "ceiling ")]
        parts.append(f"judge {told[0]} % (copy {told[1]}, ceiling {told[2]})")
    for name, digits in (("outside", 4), ("L1", 4), ("PSNR", 1)):
        values = [f"{mean(start + name):.{digits}f}" for start in ("", "copy ", "ceiling ")]
        parts.append(f"{name} {values[0]} (copy {values[1]}, ceiling {values[2]})")
    return ", ".join(parts)


def drift(editing: Editing, domain: Domain, count: int) -> list[str]:
    """L1 to the first picture where no turn's true edit changed anything, after each of five local edits."""
    totals = {name: np.zeros(TURNS) for name in ("plain", "thresholded")}
    for index in range(count):
        rng = random.Random(f"drift/{index}")
        attributes = sample_attributes(rng, domain)
        still = Pair(attributes, attributes, Edit("recolour"), EXAM_SEED_BASE + index)
        first = full_size(still, TIMES[:1], after=False)[0]
        current = {name: first for name in totals}
        untouched = np.ones(first.shape[:2], bool)
        for turn in range(TURNS):
            edit, target = draw_edit(rng, attributes, domain, LOCAL_TASKS)
            pair = Pair(attributes, target, edit, EXAM_SEED_BASE + index)
            before, after = (full_size(pair, TIMES[:1], after=a)[0] for a in (False, True))
            untouched &= np.abs(unit(before) - unit(after)).max(-1) <= CHANGED
            text = say(edit, rng, LANGUAGES[turn % 2], "held_out")
            for name, picture in current.items():
                latents = F.avg_pool2d(to_tensor(picture[None]), 8)
                made = editing.decode(editing.edit(latents, text, TIMES[:1], seed=turn))[0]
                if name == "thresholded":
                    made = keep_unchanged(picture, made, editing.decode(latents)[0])
                current[name] = made
                error = np.abs(unit(made) - unit(first)).mean(-1)
                totals[name][turn] += error[untouched].mean() / count
            attributes = target
    return [
        f"drift after 1 to {TURNS} turns, {name}: " + " ".join(f"{v:.4f}" for v in values)
        for name, values in totals.items()
    ]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument(
        "--edit-folder", type=Path, help="where the editor is; the folder by default"
    )
    parser.add_argument("--domain", choices=sorted(EDIT_DOMAINS), default="first")
    parser.add_argument("--count", type=int, default=24, help="pairs per task")
    parser.add_argument("--drift", type=int, default=8, help="pictures edited five times")
    parser.add_argument("--tasks", nargs="*", default=list(DRAWN_TASKS))
    parser.add_argument("--steps", type=int, default=Sampling().steps)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--image-guidance", type=float, default=1.0)
    parser.add_argument("--judge", help="a judge's run, for the attributes it was trained on")
    parser.add_argument("--sheet", type=Path, help="a folder for one contact sheet per task")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(CPU.threads)
    judge = load_judge(DOMAINS[arguments.domain], arguments.judge) if arguments.judge else None
    how = Sampling(arguments.steps, arguments.guidance, arguments.image_guidance)
    pipeline = load_pipeline(arguments.folder)
    editing = Editing(pipeline, arguments.edit_folder or arguments.folder, how, judge)
    domain = EDIT_DOMAINS[arguments.domain]
    for task in arguments.tasks:
        lines, sheet = measure(editing, domain, task, arguments.count)
        print("\n".join(lines), flush=True)
        if arguments.sheet:
            save_sheet(sheet, len(sheet) // 2, arguments.sheet / f"{task}.png", scale=1)
    if arguments.drift:
        print("\n".join(drift(editing, domain, arguments.drift)))


if __name__ == "__main__":
    main()
