"""The options that training commands share."""

import argparse

import torch

from training.config import PRESETS, Preset, find_preset
from training.flow import SIGMA_MEAN, NoiseLevels
from training.train.captions import COMPLETE_SHARE
from training.train.session import Schedule


def training_arguments(description: str | None, name: str) -> argparse.ArgumentParser:
    """The options that every training command has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--preset", choices=["auto", *sorted(PRESETS)], default="auto")
    parser.add_argument("--name", default=name, help="the run's folder; an existing one is resumed")
    parser.add_argument("--domain", choices=["first", "full"], default="first")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="at constant rate, in this process"
    )
    parser.add_argument(
        "--finish", type=float, default=0.0, help="minutes of decay after that; writes final.pt"
    )
    parser.add_argument("--rate", type=float, help="learning rate")
    parser.add_argument("--samples", type=int, help="end after so many samples in this process")
    parser.add_argument(
        "--layout-share", type=float, default=0.0, help="share of noise levels close to 1 (flow.py)"
    )
    parser.add_argument(
        "--sigma-mean",
        type=float,
        default=SIGMA_MEAN,
        help="mean logit of the other noise levels; lower for fine lines",
    )
    return parser


def schedule_of(
    arguments: argparse.Namespace, learning_rate: float, ema_decay: float = Schedule.ema_decay
) -> Schedule:
    """The schedule asked for; `learning_rate` where `--rate` is not given."""
    return Schedule(
        learning_rate=arguments.rate or learning_rate,
        minutes=arguments.minutes,
        finish_minutes=arguments.finish,
        ema_decay=ema_decay,
        samples=arguments.samples,
    )


def noise_levels(arguments: argparse.Namespace) -> NoiseLevels:
    """The noise levels asked for."""
    return NoiseLevels(arguments.layout_share, arguments.sigma_mean)


def add_from_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of commands that can begin from other weights and draw some rows oftener."""
    parser.add_argument(
        "--from",
        dest="begin",
        metavar="RUN_OR_FOLDER",
        help="begin a new run from another one's weights or an exported folder's (a resumed run ignores it)",
    )
    parser.add_argument(
        "--emphasis",
        type=share_of,
        action="append",
        default=[],
        metavar="ATTRIBUTE=VALUE:FACTOR",
        help="draw rows with a value oftener, e.g. subject=fox:2",
    )


def add_begin_arguments(parser: argparse.ArgumentParser) -> None:
    """The same, on several data sets and with captions."""
    add_from_arguments(parser)
    add_caption_arguments(parser)
    parser.add_argument(
        "--also",
        type=share_of,
        action="append",
        default=[],
        metavar="DATA:SHARE",
        help="mix in another data set's rows, e.g. keyframes-first:0.2",
    )


def add_caption_arguments(parser: argparse.ArgumentParser) -> None:
    """The option of commands that train on captions."""
    parser.add_argument(
        "--complete-share",
        type=float,
        default=COMPLETE_SHARE,
        help="share of captions that say all that is to be seen",
    )


def add_contrast_argument(parser: argparse.ArgumentParser) -> None:
    """The option of commands that draw fine lines."""
    parser.add_argument(
        "--contrast",
        type=float,
        default=0.0,
        help="weight of the error in local contrast, against soft lines (contrast.py)",
    )


def share_of(text: str) -> tuple[str, float]:
    """`keyframes-first:0.2`, `subject=fox:2`: a name and its share, or how much oftener it is drawn."""
    name, _, share = text.partition(":")
    return name, float(share)


def begin(arguments: argparse.Namespace) -> Preset:
    """Sets threads and seeds, and returns the preset."""
    preset = find_preset(arguments.preset)
    torch.set_num_threads(preset.threads)
    torch.manual_seed(0)
    return preset
