"""Trains the interpolator: `python -m training.train.interpolate --minutes 8 --finish 4`."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.config import autocast
from training.contrast import contrast_difference, local_contrast
from training.data.render import DOMAINS, dataset
from training.export.sizes import family_config
from training.models.interpolator import Interpolator
from training.train.inherit import inherit, part_origin
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


def linear_blend(frames: Tensor, position: Tensor) -> Tensor:
    """The baseline without learning: between the two middle frames, or the last one repeated beyond it."""
    share = position.clamp(max=1)[:, None, None, None]
    return (1 - share) * frames[:, 1] + share * frames[:, 2]


def repetition(frames: Tensor, position: Tensor) -> Tensor:
    """The other baseline: the nearer of the two middle frames."""
    return torch.where((position > 0.5)[:, None, None, None], frames[:, 2], frames[:, 1])


@torch.no_grad()
def compare(
    model: Interpolator, frames: np.ndarray, masks: np.ndarray
) -> dict[str, dict[str, float]]:
    """Squared errors inside the subject's mask on held-out windows, by kind of question and method; and contrast."""
    scores: dict[str, dict[str, float]] = {}
    for kind, rows in questions().items():
        sums = {"learned": 0.0, "linear": 0.0, "repetition": 0.0}
        inside = made_contrast = true_contrast = 0.0
        for question in rows:
            pictures, known, position, target = ask(frames, [question] * len(frames))
            mask = torch.from_numpy(masks[:, question.target]).float()[:, None] / 255
            inside += mask.sum().item() * 3
            made = {
                "learned": torch.cat(
                    [
                        model(*part)
                        for part in zip(
                            pictures.split(32), known.split(32), position.split(32), strict=True
                        )
                    ]
                ),
                "linear": linear_blend(pictures, position),
                "repetition": repetition(pictures, position),
            }
            for name, answer in made.items():
                sums[name] += ((answer - target).square() * mask).sum().item()
            made_contrast += local_contrast(made["learned"]).sum().item()
            true_contrast += local_contrast(target).sum().item()
        scores[kind] = {name: total / inside for name, total in sums.items()}
        scores[kind]["contrast of learned / true"] = made_contrast / true_contrast
    return scores


def report(session: Session, model: Interpolator, frames: np.ndarray, masks: np.ndarray) -> None:
    """Logs the comparison and saves strips: learned, linear, truth."""
    with session.averaged():
        for kind, scores in compare(model, frames, masks).items():
            session.say(
                f"{kind}: " + " ".join(f"{name} {value:.4f}" for name, value in scores.items())
            )
        rows = []
        for window in range(0, 6):
            for question in questions()["between"][1:2] + questions()["beyond"][3:]:
                pictures, known, position, target = ask(frames[window : window + 1], [question])
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
    arguments = parser.parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    data = dataset(f"windows-{arguments.domain}")
    frames, masks = data.array("frames"), data.array("masks")
    held_frames, held_masks = (
        np.array(frames[-HELD_OUT_WINDOWS:]),
        np.array(masks[-HELD_OUT_WINDOWS:]),
    )
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
        weight = subject_weights(masks[rows, [question.target for question in asked]])[:, None]
        pictures = pictures + KEYFRAME_NOISE * torch.randn(pictures.shape, generator=generator)
        inputs = [tensor.to(preset.device) for tensor in (pictures, known, position)]
        with autocast(preset):
            made = model(*inputs)
        target = target.to(preset.device)
        error = (weight.to(preset.device) * ((made - target).square() + 1e-4).sqrt()).mean()
        softness = contrast_difference(made, target).mean()
        session.step(error + arguments.contrast * softness, BATCH)
        reports.do(report, session, model, held_frames, held_masks)
    report(session, model, held_frames, held_masks)


if __name__ == "__main__":
    main()
