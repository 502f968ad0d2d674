"""Measures key frames with the judge: `python -m training.evaluate.keyframes [--count 240] [--sheet FILE]`.

Prints the judge's ceiling and floor, accuracy by attribute on seen and held-out combinations and by language, the
kernel distance to real renders, and how many of 16 seeds of the default sentence show what it says.
"""

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import DOMAINS, draw_attributes
from training.evaluate.pipeline import DEFAULT_FOLDER, DEFAULT_SENTENCE, Pipeline, load_pipeline
from training.models.judge import Judge
from training.train.judge import (
    accuracies,
    decode_for_judge,
    exam_scenes,
    load_judge,
    percentages,
    report_ceiling,
)
from training.train.pictures import save_sheet
from training.world.attributes import Attributes, Domain
from training.world.captions import caption

DEFAULT_MEANING = {"subject": "dog", "action": "run", "place": "hill"}
SEEDS = 16


def prompts(domain: Domain, count: int, *, held_out: bool) -> tuple[list[Attributes], list[str]]:
    """Complete captions, English and Italian in turn, of combinations trained on or held out."""
    rng = random.Random(77 + held_out)
    rows = [draw_attributes(rng, domain, held_out=held_out) for _ in range(count)]
    languages = ("en", "it")
    texts = [
        caption(row, rng, language=languages[i % 2], complete=True) for i, row in enumerate(rows)
    ]
    return rows, texts


@torch.no_grad()
def kernel_distance(judge: Judge, real: Tensor, made: Tensor) -> float:
    """Squared maximum mean discrepancy in the judge's features, cubic kernel, times 1000 (arXiv 1801.01401)."""

    def features(pictures: Tensor) -> Tensor:
        rows = torch.cat([judge.features(part) for part in pictures.split(64)])
        return rows / spread

    spread = torch.tensor(1.0)
    spread = features(real).std(0).clamp(min=1e-3)
    x, y = features(real), features(made)

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    def off_diagonal(k: Tensor) -> Tensor:
        return (k.sum() - k.diagonal().sum()) / (len(k) * (len(k) - 1))

    distance = off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y)) - 2 * kernel(x, y).mean()
    return 1000 * distance.item()


def measure(pipeline: Pipeline, judge: Judge, domain: Domain, count: int, settings: dict) -> Tensor:
    """Prints accuracies by split and language; returns the pictures of seen combinations as the judge saw them."""
    seen = torch.empty(0)
    for name, held_out in (("seen", False), ("held out", True)):
        rows, texts = prompts(domain, count, held_out=held_out)
        made = pipeline.keyframes(texts, [1000 + i for i in range(count)], **settings)
        pictures = decode_for_judge(pipeline.family.upsampler, made)
        print(f"{name}: {percentages(accuracies(judge, pictures, rows))}")
        for offset, language in enumerate(("English", "Italian")):
            scores = accuracies(judge, pictures[offset::2], rows[offset::2])
            print(f"  {language}: {percentages(scores)}")
        if not held_out:
            seen = pictures
            shuffled = [*rows[1:], rows[0]]
            print(
                f"floor (prompts of other pictures): {percentages(accuracies(judge, pictures, shuffled))}"
            )
    return seen


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


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="first")
    parser.add_argument(
        "--count", type=int, default=240, help="prompts per split; 0: the default sentence only"
    )
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument(
        "--sheet", type=Path, help="where to save the 16 pictures of the default sentence"
    )
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain = DOMAINS[arguments.domain]
    pipeline, judge = load_pipeline(arguments.folder), load_judge(domain)
    settings = {"steps": arguments.steps, "guidance": arguments.guidance}
    default_sentence(pipeline, judge, settings, arguments.sheet)
    if arguments.count:
        for line in report_ceiling(judge, domain, pipeline.family.upsampler):
            print(f"ceiling, {line}")
        seen = measure(pipeline, judge, domain, arguments.count, settings)
        _, real = exam_scenes(domain, 2 * arguments.count)
        half = decode_for_judge(pipeline.family.upsampler, F.avg_pool2d(real, 4)).split(
            arguments.count
        )
        print(
            f"kernel distance to decoded renders: real {kernel_distance(judge, half[0], half[1]):.1f}, "
            f"generated {kernel_distance(judge, half[0], seen):.1f}"
        )


if __name__ == "__main__":
    main()
