"""Measures the editor against the world's exact edits: `python -m training.evaluate.edits [--sheets FOLDER]`.

Instructions are worded as never in training and read by the task predictor. Per task and language: efficacy by the
nearest of the world's own twins (the scene with every value of the edited attribute) and, where it knows the attribute,
by the judge of `--judge`; L1 outside the true change, L1 overall and PSNR at 512x512. Beside each number stand the copy
of the source, the decoder's ceiling, and what the family makes anew of the target's caption with the same seed. Then
drift over five turns, with and without thresholding.
"""

import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import CPU
from training.data.render import DOMAINS, STILL_SIZE
from training.data.store import Pixels
from training.edit_world.grammar import LANGUAGES
from training.edit_world.pairs import Pair
from training.edit_world.tasks import BY_NAME, DRAWN_TASKS, EDIT_DOMAINS
from training.evaluate.edit_drift import TURNS, drift
from training.evaluate.edit_exams import (
    Exam,
    changed_pixels,
    draw_exams,
    nearest,
    unit,
    wanted_value,
)
from training.evaluate.editing import Editing, load_editing
from training.evaluate.pipeline import Pipeline, evaluation_arguments, load_pipeline
from training.evaluate.threshold import keep_unchanged
from training.models.judge import JUDGE_SIZE, Judge
from training.train.edit import Sampling
from training.train.judge import load_judge
from training.train.pictures import save_sheet, to_tensor
from training.world.attributes import Domain
from training.world.captions import caption

CANDIDATES = ("", "copy ", "ceiling ", "anew ")
"""Who is measured: the edit, the source, the exact edit through the decoder, the target's caption made anew."""

SHOWN = 8
"""Columns of a contact sheet, at a quarter of the size."""


def psnr(made: Pixels, truth: Pixels) -> float:
    """Peak signal-to-noise ratio in dB of uint8 pictures."""
    return float(-10 * np.log10(np.square(unit(made) - unit(truth)).mean() + 1e-10))


def closeness(made: Pixels, truth: Pixels, source: Pixels) -> dict[str, float]:
    """L1 outside the true change and overall, in 0..1, and PSNR; uint8 [T, 512, 512, 3] each."""
    changed = changed_pixels(source, truth)
    error = np.abs(unit(made) - unit(truth)).mean(-1)
    outside = float(error[~changed].mean()) if (~changed).any() else float("nan")
    return {"outside": outside, "L1": float(error.mean()), "PSNR": psnr(made, truth)}


@torch.no_grad()
def judged(judge: Judge | None, pair: Pair, pictures: Pixels) -> float:
    """Whether the judge sees the wanted value in the first picture; nan where it cannot tell."""
    head = BY_NAME[pair.edit.task].head or ""
    if judge is None or wanted_value(pair) not in judge.config.heads.get(head, ()):
        return float("nan")
    seen = F.avg_pool2d(to_tensor(pictures[:1]), STILL_SIZE // JUDGE_SIZE)
    value = judge.config.heads[head][int(judge(seen)[head].argmax())]
    return float(value == wanted_value(pair))


def make_anew(pipeline: Pipeline, exam: Exam, seed: int) -> Tensor:
    """Latents [T, 3, 64, 64] of a picture or clip from the target's caption: no edit, but all one has without one."""
    rng = random.Random(f"anew/{exam.pair.seed}")
    language = "it" if exam.language == "it" else "en"
    text = caption(exam.pair.target, rng, language=language, complete=True)
    key = pipeline.keyframes([text], [seed])
    if len(exam.key_frames) == 1:
        return key
    return pipeline.animate(key, [text], [seed])[0, list(exam.key_frames)]


def measure_exam(
    editing: Editing, domain: Domain, exam: Exam, seed: int
) -> tuple[dict[str, float], list[Pixels]]:
    """An exam's scores by candidate and name, and its pictures: source, edit, truth."""
    source, truth = (exam.pictures(after=after) for after in (False, True))
    latents, exact = (F.avg_pool2d(to_tensor(pixels), 8) for pixels in (source, truth))
    made = editing.edit(latents, exam.text, exam.times, seed=seed, told=exam.pair.edit)
    anew = make_anew(editing.pipeline, exam, seed)
    edited, seen, ceiling, regenerated = (editing.decode(x) for x in (made, latents, exact, anew))
    kept = np.stack([keep_unchanged(*three) for three in zip(source, edited, seen, strict=True)])
    pictures = dict(zip(CANDIDATES, (kept, source, ceiling, regenerated), strict=True))
    scores: dict[str, float] = {}
    for name, candidate in pictures.items():
        scores |= {name + key: v for key, v in closeness(candidate, truth, source).items()}
        scores[name + "judge"] = judged(editing.judge, exam.pair, candidate)
    for name, candidate in zip(CANDIDATES, (made, latents, exact, anew), strict=True):
        right = nearest(exam, domain, candidate) == wanted_value(exam.pair)
        scores[name + "efficacy"] = float(right)
    return scores, [source, kept, truth]


def measure(editing: Editing, domain: Domain, exams: list[Exam]) -> tuple[list[str], Tensor]:
    """Lines of results of a task by language, and pictures for its sheet: sources, edits, the world's own edits."""
    rows: dict[str, list[dict[str, float]]] = {language: [] for language in LANGUAGES}
    shown: list[list[Tensor]] = []
    for index, exam in enumerate(exams):
        scores, pictures = measure_exam(editing, domain, exam, index)
        rows[exam.language].append(scores)
        shown.append([F.avg_pool2d(to_tensor(x[-1:]), 4)[0] for x in pictures])
    sheet = torch.stack([three[row] for row in range(3) for three in shown[:SHOWN]])
    task = exams[0].pair.edit.task
    return [line(task, language, found) for language, found in rows.items() if found], sheet


def line(task: str, language: str, scores: list[dict[str, float]]) -> str:
    """One row of results; a reader wants the copy, the ceiling and the picture made anew beside each number."""

    def told(name: str, digits: int, scale: float = 1.0) -> str:
        values = [known_mean([row[start + name] for row in scores]) for start in CANDIDATES]
        edit, copy, ceiling, anew = (f"{scale * value:.{digits}f}" for value in values)
        return f"{name} {edit} (copy {copy}, ceiling {ceiling}, anew {anew})"

    parts = [told("efficacy", 0, 100)]
    known = [row for row in scores if not np.isnan(row["judge"])]
    if known:
        seen = [np.mean([row[start + "judge"] for row in known]) for start in CANDIDATES]
        edit, copy, ceiling, anew = (f"{100 * value:.0f}" for value in seen)
        parts.append(f"judge {edit} (copy {copy}, ceiling {ceiling}, anew {anew}) of {len(known)}")
    parts += [told(name, digits) for name, digits in (("outside", 4), ("L1", 4), ("PSNR", 1))]
    return f"{task} {language}: " + ", ".join(parts)


def known_mean(values: list[float]) -> float:
    """The mean of what is known: an edit that changes every pixel leaves nothing outside."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument(
        "--edit-folder", type=Path, help="where the editor is; the folder by default"
    )
    parser.add_argument("--count", type=int, default=24, help="pairs per task")
    parser.add_argument("--drift", type=int, default=8, help=f"pictures edited {TURNS} times")
    parser.add_argument("--tasks", nargs="*", default=list(DRAWN_TASKS))
    parser.add_argument(
        "--clips", action="store_true", help="every task on whole clips, in place of pictures"
    )
    parser.add_argument("--steps", type=int, default=Sampling().steps)
    parser.add_argument("--guidance", type=float, help="in place of what each task needs")
    parser.add_argument("--image-guidance", type=float, default=1.0)
    parser.add_argument("--told", action="store_true", help="tell the editor the true edit")
    parser.add_argument("--judge", help="a judge's run, for the attributes it was trained on")
    parser.add_argument("--sheets", type=Path, help="a folder for one contact sheet per task")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(CPU.threads)
    judge = load_judge(DOMAINS[arguments.domain], arguments.judge) if arguments.judge else None
    how = Sampling(arguments.steps, image=arguments.image_guidance)
    pipeline = load_pipeline(arguments.folder)
    folder = arguments.edit_folder or arguments.folder
    editing = load_editing(
        pipeline,
        folder,
        how,
        guidance=arguments.guidance,
        judge=judge,
        is_told=arguments.told,
    )
    domain = EDIT_DOMAINS[arguments.domain]
    for task in arguments.tasks:
        exams = draw_exams(domain, task, arguments.count, clips=arguments.clips)
        lines, sheet = measure(editing, domain, exams)
        print("\n".join(lines), flush=True)
        if arguments.sheets:
            save_sheet(sheet, len(sheet) // 3, arguments.sheets / f"{task}.png", scale=1)
    if arguments.drift:
        print("\n".join(drift(editing, domain, arguments.drift)))


if __name__ == "__main__":
    main()
