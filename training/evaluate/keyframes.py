"""Measures key frames with the judge: `python -m training.evaluate.keyframes [--count 500] [--sheet FILE]`.

Prints, as tables, the judge's ceilings and floor, accuracy by attribute, language and split (seen and held-out
combinations) in per cent and as a share of the ceiling on decoded renders, what is taken for what, the kernel
distance to real renders, and how many of 16 seeds of the default sentence show what it says.
"""

from collections import Counter
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from training.contrast import local_contrast
from training.data.render import DOMAINS
from training.evaluate.kernel import features, kernel_distance, scale_of
from training.evaluate.pipeline import (
    DEFAULT_SENTENCE,
    Pipeline,
    evaluation_arguments,
    load_pipeline,
)
from training.evaluate.tables import percent, print_table
from training.models.judge import Judge
from training.train.judge import accuracies, ceilings, decode_for_judge, exam_scenes, load_judge
from training.train.pictures import save_sheet
from training.train.watch import complete_prompts
from training.world.attributes import Attributes, Domain

DEFAULT_MEANING = {"subject": "dog", "action": "run", "place": "hill"}
SEEDS = 16
FIRST_SEED = 1000
CEILING = "decoded renders"


def judged(
    pipeline: Pipeline, domain: Domain, count: int, settings: dict, *, held_out: bool
) -> tuple[list[Attributes], Tensor]:
    """Generated pictures of a split as the judge sees them, and what their prompts say."""
    rows, texts = complete_prompts(domain, count, held_out=held_out)
    made = pipeline.keyframes(texts, [FIRST_SEED + i for i in range(count)], **settings)
    return rows, decode_for_judge(pipeline.family.upsampler, made)


def by_language(judge: Judge, name: str, rows: list[Attributes], pictures: Tensor) -> dict:
    """Accuracies of a split, of its English and of its Italian prompts."""
    scores = {name: accuracies(judge, pictures, rows)}
    for offset, language in enumerate(("English", "Italian")):
        scores[f"{name}, {language}"] = accuracies(judge, pictures[offset::2], rows[offset::2])
    return scores


def print_scores(scores: dict[str, dict[str, float]], generated: list[str]) -> None:
    """One table in per cent, one of the generated rows as a share of the ceiling on decoded renders."""
    names = list(scores[CEILING])
    table = [[row, *(percent(values[name]) for name in names)] for row, values in scores.items()]
    print_table(["per cent", *names], table)
    top = scores[CEILING]
    shares = [
        [row, *(percent(scores[row][n] / top[n]) if top[n] else "-" for n in names)]
        for row in generated
    ]
    print_table([f"per cent of {CEILING}", *names], shares)


@torch.no_grad()
def print_confusions(judge: Judge, rows: list[Attributes], pictures: Tensor) -> None:
    """The most frequent wrong answers of every attribute."""
    logits = [judge(part) for part in pictures.split(64)]
    table = []
    for name, values in judge.config.heads.items():
        answers = torch.cat([part[name].argmax(1) for part in logits]).tolist()
        wrong = Counter(
            (getattr(row, name), values[i])
            for row, i in zip(rows, answers, strict=True)
            if getattr(row, name) != values[i]
        )
        listed = (f"{told} as {seen} {n}" for (told, seen), n in wrong.most_common(6))
        table.append([name, ", ".join(listed) or "nothing"])
    print_table(["attribute", "taken for something else, of all prompts"], table)


@torch.no_grad()
def default_sentence(pipeline: Pipeline, judge: Judge, settings: dict, sheet: Path | None) -> int:
    """How many of 16 seeds show a dog that runs on the hill; writes the 16 pictures."""
    made = pipeline.keyframes([DEFAULT_SENTENCE] * SEEDS, list(range(SEEDS)), **settings)
    pictures = pipeline.decode(made)
    logits = judge(F.avg_pool2d(pictures, 4))
    named = {
        name: [judge.config.heads[name][i] == value for i in logits[name].argmax(1).tolist()]
        for name, value in DEFAULT_MEANING.items()
    }
    together = sum(all(row) for row in zip(*named.values(), strict=True))
    counts = " ".join(f"{DEFAULT_MEANING[name]} {sum(hits)}" for name, hits in named.items())
    print(f'"{DEFAULT_SENTENCE}", {SEEDS} seeds: {counts} all {together}')
    if sheet:
        save_sheet(F.avg_pool2d(pictures, 2), 4, sheet, scale=1)
    return together


def contrast(pictures: Tensor) -> float:
    """Mean local contrast of pictures [N, 3, 128, 128], halved to the latents' size."""
    return local_contrast(F.avg_pool2d(pictures, 2)).mean().item()


def print_distances(pipeline: Pipeline, judge: Judge, domain: Domain, made: Tensor) -> None:
    """Kernel distances to decoded renders, of other renders (the calibration) and of generated pictures."""
    count = len(made)
    _, pictures = exam_scenes(domain, 2 * count)
    real = features(judge, F.avg_pool2d(pictures, 2))
    decoded = decode_for_judge(pipeline.family.upsampler, F.avg_pool2d(pictures, 4))
    shown = features(judge, decoded)
    scale = scale_of(shown)
    reference = scale(shown[:count])
    compared = {
        "other decoded renders": (shown[count:], decoded),
        "other renders as they are": (real[count:], F.avg_pool2d(pictures, 2)),
        "generated": (features(judge, made), made),
    }
    table = [
        [name, f"{kernel_distance(reference, scale(found)):.1f}", f"{contrast(seen):.4f}"]
        for name, (found, seen) in compared.items()
    ]
    header = ["kernel distance to decoded renders", "local contrast at 64x64"]
    print_table([f"{count} pictures", *header], table)


def measure(pipeline: Pipeline, judge: Judge, domain: Domain, count: int, settings: dict) -> None:
    """Prints every table."""
    scores = ceilings(judge, domain, pipeline.family.upsampler, count)
    rows, pictures = judged(pipeline, domain, count, settings, held_out=False)
    generated = by_language(judge, "seen combinations", rows, pictures)
    floor = accuracies(judge, pictures, [*rows[1:], rows[0]])
    held_rows, held_pictures = judged(pipeline, domain, count, settings, held_out=True)
    generated |= by_language(judge, "held-out combinations", held_rows, held_pictures)
    floors = {"floor: prompts of other pictures": floor}
    print_scores(scores | generated | floors, list(generated))
    print_confusions(judge, [*rows, *held_rows], torch.cat([pictures, held_pictures]))
    print_distances(pipeline, judge, domain, pictures)


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--judge", default="judge-full", help="the judge's run")
    parser.add_argument(
        "--count", type=int, default=500, help="prompts per split; 0: the default sentence only"
    )
    parser.add_argument("--steps", type=int, help="by default the folder's")
    parser.add_argument("--guidance", type=float, help="by default the folder's")
    parser.add_argument(
        "--sheet", type=Path, help="where to save the 16 pictures of the default sentence"
    )
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain = DOMAINS[arguments.domain]
    pipeline, judge = load_pipeline(arguments.folder), load_judge(domain, arguments.judge)
    settings = {"steps": arguments.steps, "guidance": arguments.guidance}
    default_sentence(pipeline, judge, settings, arguments.sheet)
    if arguments.count:
        measure(pipeline, judge, domain, arguments.count, settings)


if __name__ == "__main__":
    main()
