"""Measures the interpolator against the world's own in-between frames: `python -m training.evaluate.interpolation`.

Squared error inside the subject's mask on windows never trained on, beside linear blending and repetition.
"""

import torch

from training.data.render import dataset
from training.evaluate.pipeline import evaluation_arguments, load_pipeline
from training.evaluate.tables import print_table
from training.train.interpolate import compare, held_out


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    held = held_out(dataset(f"windows-{arguments.domain}"))
    scores = compare(load_pipeline(arguments.folder).family.interpolator, held)
    table = [[kind, *(f"{value:.4f}" for value in row.values())] for kind, row in scores.items()]
    print_table(["squared error inside the mask", *scores["between"]], table)


if __name__ == "__main__":
    main()
