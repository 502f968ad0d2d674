"""Makes the tiny pipelines and exports them: `python -m training.golden.pipelines.models [NAME ...]`.

The torch originals, from which the goldens are made, go to `golden/` in the training folder (training/paths.py); the
ONNX folders to packages/testing/fixtures/models.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from diffusers import DiffusionPipeline
from torch import nn

from training.export.from_diffusers.folder import export_folder
from training.golden.pipelines.fit import fit
from training.golden.pipelines.tiny import TINY
from training.paths import REPOSITORY, training_folder

MODELS = REPOSITORY / "packages/testing/fixtures/models"
SEED = 6
PARENTS = {
    "tiny-sdxl": "tiny-sd", "tiny-sd3": "tiny-sd", "tiny-instruct-pix2pix": "tiny-sd", "tiny-lcm": "tiny-sd-v",
}  # fmt: skip
"""Which fitted pipeline another begins from, as InstructPix2Pix did; it takes a third of the steps."""


def original(name: str) -> Path:
    """Folder of the torch pipeline."""
    return training_folder() / "golden" / name


@torch.no_grad()
def inherit(child: nn.Module, parent: nn.Module) -> None:
    """Copies every parameter that has its name and shape in the parent."""
    given = dict(parent.named_parameters())
    for name, parameter in child.named_parameters():
        if name in given and given[name].shape == parameter.shape:
            parameter.copy_(given[name])


def make(name: str, steps: int) -> None:
    """Builds, fits and saves one torch pipeline."""
    torch.manual_seed(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        pipeline = TINY[name](Path(scratch))
        if name in PARENTS:
            parent = DiffusionPipeline.from_pretrained(original(PARENTS[name]), local_files_only=True)
            for part in {"vae", "unet"} & pipeline.components.keys():
                inherit(getattr(pipeline, part), getattr(parent, part))
            steps = steps // 3
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
