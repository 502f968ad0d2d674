"""Measures whole clips, 65 frames at 16 fps: `python -m training.evaluate.consistency [--count 12]`.

Prompts become key frames, clips and in-between frames as in the services; the world's own 65 frames of the same
prompts are the yardstick. A clip that pumps changes differently at key frames than between them.
"""

import numpy as np
import torch
from torch import Tensor

from training.data.render import DOMAINS, EVALUATION_SEED_BASE, draw_frames
from training.evaluate.keyframes import FIRST_SEED
from training.evaluate.pipeline import QUARTERS, Pipeline, evaluation_arguments, load_pipeline
from training.evaluate.tables import print_table
from training.train.pictures import to_tensor
from training.train.watch import complete_prompts
from training.world.attributes import Attributes, Domain
from training.world.scene import Scene

FRAMES, FPS = 65, 16
SEED_OFFSET = 300_000


def made_clips(pipeline: Pipeline, texts: list[str]) -> Tensor:
    """Clips as the services make them, latents [N, 65, 3, 64, 64]."""
    seeds = [FIRST_SEED + i for i in range(len(texts))]
    clips = pipeline.animate(pipeline.keyframes(texts, seeds), texts, seeds)
    return torch.stack([pipeline.interpolate(clip) for clip in clips])


def true_clips(rows: list[Attributes]) -> Tensor:
    """The world's own clips of what the prompts say, [N, 65, 3, 64, 64]."""
    drawn = [
        draw_frames(Scene(row, EVALUATION_SEED_BASE + SEED_OFFSET + i), FRAMES, FPS)["frames"]
        for i, row in enumerate(rows)
    ]
    return to_tensor(np.stack(drawn))


def measures(clips: Tensor) -> dict[str, float]:
    """Change between neighbours, second difference, and change at key frames against change between them."""
    change = clips.diff(dim=1).abs().mean((2, 3, 4))
    second = clips.diff(n=2, dim=1).abs().mean()
    # Change i leads from frame i to i + 1: the last quarter before a key frame, and the two in the middle.
    into_keys, middle = change[:, QUARTERS - 1 :: QUARTERS], change[:, 1::QUARTERS]
    return {
        "change between neighbouring frames": change.mean().item(),
        "second difference in time (flicker)": second.item(),
        "change into key frames / half-way between": (into_keys.mean() / middle.mean()).item(),
        "first frame against last": (clips[:, 0] - clips[:, -1]).abs().mean().item(),
        "largest change within a clip / its mean": (change.amax(1) / change.mean(1)).mean().item(),
    }


def report(pipeline: Pipeline, domain: Domain, count: int) -> None:
    """Prints the table."""
    rows, texts = complete_prompts(domain, count, held_out=False)
    model, world = measures(made_clips(pipeline, texts)), measures(true_clips(rows))
    table = [
        [name, f"{value:.4f}", f"{world[name]:.4f}", f"{value / world[name]:.2f}"]
        for name, value in model.items()
    ]
    print_table([f"{count} clips of {FRAMES} frames", "model", "world", "model / world"], table)


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--count", type=int, default=12)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    report(load_pipeline(arguments.folder), DOMAINS[arguments.domain], arguments.count)


if __name__ == "__main__":
    main()
