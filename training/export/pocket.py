"""Writes the model folder: `python -m training.export.pocket [--out models/pocket] [--tiny] [--t2i RUN ...]`.

A run that does not exist yet is exported with random weights under `--allow-random`, so that the services can be
written against the folder before training ends.
"""

import argparse
from pathlib import Path

import torch
from torch import nn

from training.config import CPU, PRESETS, TINY, Preset
from training.data.render import DOMAINS
from training.export.components import Family
from training.export.folder import write_folder
from training.export.load import load_family, read_config
from training.export.sizes import family_config
from training.paths import REPOSITORY, run_folder
from training.tokenizer import Tokenizer, load_tokenizer
from training.train.captions import domain_tokenizer
from training.train.inherit import (
    distilled_steps,
    is_folder,
    layer_motion_origin,
    load_weights,
    part_of,
)
from training.train.session import best_weights

TINY_FOLDER = REPOSITORY / "packages/testing/fixtures/models/tiny"
POCKET_FOLDER = REPOSITORY / "models/pocket"


def tiny_family(tokenizer: Tokenizer) -> Family:
    """A family of the same classes at toy width. Its weights are random, its zero-initialised layers included."""
    torch.manual_seed(0)
    family = family_config(TINY, len(tokenizer)).build()
    for module in vars(family).values():
        enliven(module)
    return family


def enliven(module: nn.Module) -> None:
    """Gives layers that begin at zero small random weights, so that a test sees every input matter."""
    with torch.no_grad():
        for parameter in module.parameters():
            if not parameter.any():
                parameter.normal_(std=0.05)


def trained_family(preset: Preset, tokenizer: Tokenizer, runs: argparse.Namespace) -> Family:
    """The family with the best weights of its runs."""
    family = family_config(preset, len(tokenizer), distilled_steps(runs.t2i)).build()

    def fill(part: str, source: str, prefix: str = "") -> None:
        if is_folder(source):
            exported = load_family(read_config(Path(source)), Path(source))
            load_weights(getattr(family, part), getattr(exported, part).state_dict())
        elif runs.allow_random and not list(run_folder(source).glob("*.pt")):
            print(f"{source}: no weights yet, exported random ones")
        else:
            load_weights(getattr(family, part), part_of(best_weights(source), prefix))

    fill("text_encoder", runs.t2i, "text_encoder.")
    fill("unet", runs.t2i, "unet.")
    fill("motion_unet", runs.i2v)
    if runs.layer_motion:
        origin = layer_motion_origin(runs.layer_motion)
        load_weights(family.motion_unet.layer_motion, origin.weights)
    fill("interpolator", runs.interpolator)
    fill("upsampler", runs.upsampler)
    return family


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--tiny", action="store_true", help="the test fixture: toy width, random weights"
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), default=CPU.name)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="first")
    parser.add_argument("--allow-random", action="store_true")
    for run in ("t2i", "i2v", "interpolator", "upsampler"):
        parser.add_argument(
            f"--{run}", default=run, help="the run, or the exported folder, to take weights from"
        )
    parser.add_argument(
        "--layer-motion", help="a newer run of it than the motion network was trained beside"
    )
    arguments = parser.parse_args(argv)
    domain = DOMAINS[arguments.domain]
    origin = Path(arguments.t2i) if is_folder(arguments.t2i) else run_folder(arguments.t2i)
    tokenizer_folder = origin / "tokenizer"
    if arguments.tiny or not tokenizer_folder.exists():
        tokenizer = domain_tokenizer(domain)
    else:
        tokenizer = load_tokenizer(tokenizer_folder)
    if arguments.tiny:
        family = tiny_family(tokenizer)
    else:
        family = trained_family(PRESETS[arguments.preset], tokenizer, arguments)
    folder: Path = arguments.out or (TINY_FOLDER if arguments.tiny else POCKET_FOLDER)
    digest = write_folder(family, tokenizer, domain, folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size / 1e6:.2f} MB, digest {digest}")


if __name__ == "__main__":
    main()
