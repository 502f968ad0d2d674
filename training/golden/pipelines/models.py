"""Makes the tiny pipelines and exports them: `python -m training.golden.pipelines.models [NAME ...]`.

The torch originals, from which the goldens are made, go to `golden/` in the training folder (training/paths.py); the
ONNX folders to packages/testing/fixtures/models.
"""

import argparse
import tempfile
from pathlib import Path

import torch

from training.export.from_diffusers.folder import export_folder
from training.golden.pipelines.fit import fit
from training.golden.pipelines.tiny import TINY
from training.paths import REPOSITORY, training_folder

MODELS = REPOSITORY / "packages/testing/fixtures/models"
SEED = 6


def original(name: str) -> Path:
    """Folder of the torch pipeline."""
    return training_folder() / "golden" / name


def make(name: str, steps: int) -> None:
    """Builds, fits and saves one torch pipeline."""
    torch.manual_seed(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        pipeline = TINY[name](Path(scratch))
        pipeline.set_progress_bar_config(disable=True)
        losses = fit(pipeline, steps)
        pipeline.save_pretrained(original(name))
    print(name, {key: round(value, 4) for key, value in losses.items()}, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--steps", type=int, default=300, help="of the autoencoder; the denoiser takes twice as many")
    parser.add_argument("--export-only", action="store_true", help="keep the torch pipelines that are there")
    arguments = parser.parse_args()
    for name in arguments.names or TINY:
        if not arguments.export_only:
            make(name, arguments.steps)
        export_folder(original(name), MODELS / name)


if __name__ == "__main__":
    main()
