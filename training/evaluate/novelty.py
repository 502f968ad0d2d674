"""Looks for memorised scenes: `python -m training.evaluate.novelty [--count 200] [--sheet FILE]`.

For every generated picture the nearest training scene and the nearest of as many scenes never trained on, by pixels
and by the judge's features. A network that repeats its training scenes is nearer to those; one that does not is as
near to either, and half of its nearest scenes are training ones.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import DOMAINS, dataset
from training.data.store import DataSet
from training.evaluate.kernel import features
from training.evaluate.keyframes import FIRST_SEED
from training.evaluate.pipeline import Pipeline, evaluation_arguments, load_pipeline
from training.evaluate.tables import percent, print_table
from training.models.judge import Judge
from training.train.judge import load_judge
from training.train.pictures import save_sheet, to_tensor
from training.train.watch import complete_prompts
from training.world.attributes import Domain

PIXELS = 16
"""Pictures are compared by pixels at this size: layout and colour, not noise."""


@dataclass(frozen=True)
class Gallery:
    """Pictures [N, 3, 64, 64] in the two spaces that distances are measured in."""

    pictures: Tensor
    spaces: dict[str, Tensor]


def gallery_of(judge: Judge, pictures: Tensor) -> Gallery:
    """Pixels at 16x16, and unit vectors of the judge's features."""
    large = F.interpolate(pictures, scale_factor=2, mode="bicubic").clamp(-1, 1)
    small = F.avg_pool2d(pictures, pictures.shape[-1] // PIXELS).flatten(1)
    return Gallery(
        pictures,
        {"pixels": small / small.shape[1] ** 0.5, "features": F.normalize(features(judge, large))},
    )


def scenes(data: DataSet, rows: np.ndarray) -> Tensor:
    """Rows of a data set at the latents' size."""
    pictures = to_tensor(data.array("frames")[np.sort(rows)])
    return F.avg_pool2d(pictures, pictures.shape[-1] // 64)


def galleries(judge: Judge, domain_name: str, size: int) -> dict[str, Gallery]:
    """Equally many scenes that were and were not trained on, all at time 0."""
    trained, unseen = dataset(f"keyframes-{domain_name}"), dataset(f"exams-{domain_name}")
    starts = np.flatnonzero(unseen.array("starts")[:, 0])
    size = min(size, len(trained), len(starts))
    rng = np.random.default_rng(21)
    return {
        "training": gallery_of(judge, scenes(trained, rng.permutation(len(trained))[:size])),
        "unseen": gallery_of(judge, scenes(unseen, rng.permutation(starts)[:size])),
    }


def nearest(made: Gallery, others: Gallery, space: str) -> tuple[Tensor, Tensor]:
    """Distance to, and number of, every generated picture's nearest scene."""
    distances = torch.cdist(made.spaces[space], others.spaces[space])
    return distances.min(1)


def report(made: Gallery, known: dict[str, Gallery], sheet: Path | None) -> None:
    """Prints the table and saves triples: generated, nearest training scene, nearest unseen scene."""
    table = []
    for space in made.spaces:
        near = {name: nearest(made, others, space) for name, others in known.items()}
        to_trained, to_unseen = (near[name][0] for name in ("training", "unseen"))
        table.append(
            [
                space,
                f"{to_trained.median():.4f}",
                f"{to_unseen.median():.4f}",
                percent((to_trained < to_unseen).float().mean().item()),
                f"{(to_trained / to_unseen).quantile(0.05):.2f}",
            ]
        )
        if sheet and space == "pixels":
            closest = (to_trained / to_unseen).argsort()[:16]
            triples = [made.pictures[closest]] + [
                known[name].pictures[near[name][1][closest]] for name in ("training", "unseen")
            ]
            save_sheet(torch.stack(triples, 1).flatten(0, 1), 12, sheet)
    header = [
        f"{len(made.pictures)} pictures, {len(known['training'].pictures)} scenes of each kind",
        "nearest training scene (median)",
        "nearest unseen scene (median)",
        "training scene is the nearer, per cent",
        "ratio at the 5th percentile",
    ]
    print_table(header, table)


def generated(pipeline: Pipeline, domain: Domain, count: int) -> Tensor:
    """Key frames of seen combinations."""
    _, texts = complete_prompts(domain, count, held_out=False)
    return pipeline.keyframes(texts, [FIRST_SEED + i for i in range(count)]).clamp(-1, 1)


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--judge", default="judge-full", help="the judge's run")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--scenes", type=int, default=12_000, help="at most, of either kind")
    parser.add_argument("--sheet", type=Path, help="the 16 pictures nearest to training scenes")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    domain = DOMAINS[arguments.domain]
    judge = load_judge(domain, arguments.judge)
    pictures = generated(load_pipeline(arguments.folder), domain, arguments.count)
    with torch.no_grad():
        known = galleries(judge, arguments.domain, arguments.scenes)
        report(gallery_of(judge, pictures), known, arguments.sheet)


if __name__ == "__main__":
    main()
