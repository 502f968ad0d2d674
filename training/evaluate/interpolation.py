"""Measures the interpolator against the world's own in-between frames: `python -m training.evaluate.interpolation`.

Squared error inside the subject's mask on windows never trained on, beside linear blending and repetition.
"""

import numpy as np
import torch

from training.data.render import dataset
from training.evaluate.pipeline import evaluation_arguments, load_pipeline
from training.evaluate.tables import print_table
from training.train.interpolate import HELD_OUT_WINDOWS, compare


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    data = dataset(f"windows-{arguments.domain}")
    frames, masks = (np.array(data.array(name)[-HELD_OUT_WINDOWS:]) for name in ("frames", "masks"))
    scores = compare(load_pipeline(arguments.folder).family.interpolator, frames, masks)
    table = [[kind, *(f"{value:.4f}" for value in row.values())] for kind, row in scores.items()]
    print_table(["squared error inside the mask", *scores["between"]], table)


if __name__ == "__main__":
    main()
