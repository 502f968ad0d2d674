"""Trains the interpolator: `python -m training.train.interpolate --minutes 8 --finish 4`."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.config import autocast
from training.contrast import contrast_difference, local_contrast, weave_excess
from training.data.render import DOMAINS, dataset
from training.data.store import DataSet
from training.export.sizes import family_config
from training.models.interpolator import NEIGHBOURS, Interpolator, nearness
from training.train.inherit import inherit, part_origin
from training.train.layer_maps import maps_between, places_at
from training.train.options import (
    add_contrast_argument,
    add_from_arguments,
    begin,
    schedule_of,
    training_arguments,
)
from training.train.pictures import save_sheet, subject_weights, to_tensor
from training.train.rows import emphasis_on, known_emphasis
from training.train.session import Every, Session, has_checkpoint

HELD_OUT_WINDOWS = 96
BATCH = 16
KEYFRAME_NOISE = 0.02
REPORT_MINUTES = 4.0
CARRY_TOLERANCE = 1 / 32
"""A pixel of 64: how much of a body's motion is left to what pictures teach, such as that of its legs."""


@dataclass(frozen=True)
class Question:
    """One way to ask: which of a window's 13 frames are the neighbours (None: unknown), and the wanted one."""

    neighbours: tuple[int | None, int, int, int | None]
    position: float
    target: int


def questions() -> dict[str, list[Question]]:
    """Everything a clip asks: between key frames, at both ends of the clip, and beyond its last key frame."""
    quarters = (1, 2, 3)
    return {
        "between": [Question((0, 4, 8, 12), q / 4, 4 + q) for q in quarters],
        "first": [Question((None, 0, 4, 8), q / 4, q) for q in quarters],
        "last": [Question((4, 8, 12, None), q / 4, 8 + q) for q in quarters],
        "beyond": [Question((0, 4, 8, None), 1 + q / 4, 8 + q) for q in (*quarters, 4)],
    }


WEIGHTED = [
    question
    for kind, rows in questions().items()
    for question in rows * (3 if kind == "between" else 1)
]


def ask(frames: np.ndarray, asked: list[Question]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Frames [B, 4, 3, 64, 64], known [B, 4], position [B], target [B, 3, 64, 64] for one question per window."""
    count = range(len(asked))
    neighbours = np.stack([frames[i, [n or 0 for n in asked[i].neighbours]] for i in count])
    known = torch.tensor(
        [[float(n is not None) for n in question.neighbours] for question in asked]
    )
    position = torch.tensor([question.position for question in asked])
    target = np.stack([frames[i, asked[i].target] for i in count])
    return to_tensor(neighbours), known, position, to_tensor(target)


def body_origins(places: np.ndarray, asked: list[Question], centres: Tensor) -> Tensor:
    """Where in each neighbour the body's pixels of the wanted frames were, -1..1: [B, 4, 64, 64, 2].

    places float32 [B, 13, L, 2, 3] are the windows' placements (world/placement.py).
    """
    shown = [[question.target, *(n or 0 for n in question.neighbours)] for question in asked]
    body = torch.from_numpy(places[np.arange(len(asked))[:, None], shown, 0])
    maps = maps_between(body[:, 1:], body[:, None, :1].expand(-1, -1, NEIGHBOURS, -1, -1))[:, 0]
    grid = torch.stack(torch.meshgrid(centres, centres, indexing="xy"), -1)
    return places_at(maps[:, :, None], grid)


def carry_error(
    targets: Tensor, origins: Tensor, mask: Tensor, known: Tensor, position: Tensor
) -> Tensor:
    """How far beyond `CARRY_TOLERANCE` from where the body was its pixels [B, 64, 64] are looked for, by question [B].

    Edges that do not overlap give a warp no gradient, so pictures alone hardly teach it how far things move.
    """
    off = ((targets - origins).abs().sum(-1) - CARRY_TOLERANCE).relu()
    off = (off * mask[:, None]).sum((2, 3)) / mask.sum((1, 2)).clamp(min=1)[:, None]
    share = nearness(position) * known
    return (off * share).sum(1) / share.sum(1)


def linear_blend(frames: Tensor, position: Tensor) -> Tensor:
    """The baseline without learning: between the two middle frames, or the last one repeated beyond it."""
    share = position.clamp(max=1)[:, None, None, None]
    return (1 - share) * frames[:, 1] + share * frames[:, 2]


def repetition(frames: Tensor, position: Tensor) -> Tensor:
    """The other baseline: the nearer of the two middle frames."""
    return torch.where((position > 0.5)[:, None, None, None], frames[:, 2], frames[:, 1])


class HeldOut(NamedTuple):
    """Windows never trained on: frames and masks uint8 [N, 13, 64, 64(, 3)], placements float32 [N, 13, L, 2, 3]."""

    frames: np.ndarray
    masks: np.ndarray
    placements: np.ndarray


def held_out(data: DataSet) -> HeldOut:
    """A data set's last windows, which nothing learns from."""
    return HeldOut(*(np.array(data.array(name)[-HELD_OUT_WINDOWS:]) for name in HeldOut._fields))


@torch.no_grad()
def compare(model: Interpolator, held: HeldOut) -> dict[str, dict[str, float]]:
    """Squared errors inside the subject's mask on held-out windows, by kind of question and method.

    And local contrast, what weave is too much, and how far beyond the tolerance bodies are looked for from where they
    were, in pixels of 512.
    """
    frames, masks = held.frames, held.masks
    scores: dict[str, dict[str, float]] = {}
    for kind, rows in questions().items():
        sums = {"learned": 0.0, "linear": 0.0, "repetition": 0.0}
        inside = made_contrast = true_contrast = off = weave = 0.0
        for question in rows:
            pictures, known, position, target = ask(frames, [question] * len(frames))
            mask = torch.from_numpy(masks[:, question.target]).float()[:, None] / 255
            inside += mask.sum().item() * 3
            parts = zip(pictures.split(32), known.split(32), position.split(32), strict=True)
            learned, targets = (
                torch.cat(both)
                for both in zip(*(model.carried(*part) for part in parts), strict=True)
            )
            origins = body_origins(held.placements, [question] * len(frames), model.centres)
            off += carry_error(targets, origins, mask[:, 0], known, position).mean().item()
            made = {
                "learned": learned,
                "linear": linear_blend(pictures, position),
                "repetition": repetition(pictures, position),
            }
            for name, answer in made.items():
                sums[name] += ((answer - target).square() * mask).sum().item()
            made_contrast += local_contrast(learned).sum().item()
            true_contrast += local_contrast(target).sum().item()
            weave += weave_excess(learned, target).mean().item()
        scores[kind] = {name: total / inside for name, total in sums.items()}
        scores[kind]["contrast of learned / true"] = made_contrast / true_contrast
        scores[kind]["weave"] = weave / len(rows)
        scores[kind]["pixels off"] = 256 * off / len(rows)
    return scores


def report(session: Session, model: Interpolator, held: HeldOut) -> None:
    """Logs the comparison and saves strips: learned, linear, truth."""
    with session.averaged():
        for kind, scores in compare(model, held).items():
            session.say(
                f"{kind}: " + " ".join(f"{name} {value:.4f}" for name, value in scores.items())
            )
        rows = []
        for window in range(0, 6):
            for question in questions()["between"][1:2] + questions()["beyond"][3:]:
                pictures, known, position, target = ask(
                    held.frames[window : window + 1], [question]
                )
                with torch.no_grad():
                    made = model(pictures, known, position)
                rows += [
                    pictures[:, 1],
                    pictures[:, 2],
                    made,
                    linear_blend(pictures, position),
                    target,
                ]
    save_sheet(torch.cat(rows), 10, session.folder / "sheet.png")


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "interpolator")
    add_from_arguments(parser)
    add_contrast_argument(parser)
    parser.add_argument(
        "--carry",
        type=float,
        default=3.0,
        help="weight of how far from where the subject's body was its pixels are looked for",
    )
    arguments = parser.parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    data = dataset(f"windows-{arguments.domain}")
    frames, masks, places = (data.array(name) for name in HeldOut._fields)
    held = held_out(data)
    emphasis = known_emphasis(arguments.emphasis, domain)
    shares = np.array(
        [emphasis_on(row, emphasis) for row in data.attributes[: len(data) - HELD_OUT_WINDOWS]]
    )
    shares /= shares.sum()
    model, inherited = family_config(preset, 3).build().interpolator, ""
    if arguments.begin and not has_checkpoint(arguments.name):
        inherited = inherit(model, part_origin(arguments.begin, "interpolator"))
    model = model.to(preset.device, memory_format=torch.channels_last)
    schedule = schedule_of(arguments, 1e-3)
    session = Session(arguments.name, model, preset, schedule)
    session.say_size(f" {inherited}")
    reports = Every(REPORT_MINUTES)
    for step in session.run():
        rng, generator = (
            np.random.default_rng((15, step)),
            torch.Generator().manual_seed(step + 4 * 10**6),
        )
        rows = rng.choice(len(shares), BATCH, p=shares)
        asked = [WEIGHTED[index] for index in rng.integers(0, len(WEIGHTED), BATCH)]
        pictures, known, position, target = ask(frames[rows], asked)
        mask = masks[rows, [question.target for question in asked]]
        weight, inside = subject_weights(mask)[:, None], torch.from_numpy(mask).float() / 255
        pictures = pictures + KEYFRAME_NOISE * torch.randn(pictures.shape, generator=generator)
        inputs = [tensor.to(preset.device) for tensor in (pictures, known, position)]
        origins = body_origins(places[rows], asked, model.centres.cpu()).to(preset.device)
        with autocast(preset):
            made, targets = model.carried(*inputs)
        target = target.to(preset.device)
        error = (weight.to(preset.device) * ((made - target).square() + 1e-4).sqrt()).mean()
        softness = contrast_difference(made, target).mean()
        carry = carry_error(targets, origins, inside.to(preset.device), *inputs[1:]).mean()
        session.step(error + arguments.contrast * softness + arguments.carry * carry, BATCH)
        reports.do(report, session, model, held)
    report(session, model, held)


if __name__ == "__main__":
    main()
