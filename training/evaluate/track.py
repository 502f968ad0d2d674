"""Where subjects go: displacement of their horizontal centre, the model's beside the world's."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training.evaluate.tables import percent, print_table
from training.models.locator import centre_of

MOVES = 4.0
"""A subject whose centre is this many latent pixels (of 64) from where it began has moved."""

KEPT_AREA = 0.8
"""A subject is followed while this share of it is in the picture: a centre of half a subject tells nothing."""


@dataclass(frozen=True)
class Tracks:
    """Masks [N, T, 64, 64]: the world's own, the model's and the world's as the locator finds them."""

    truth: Tensor
    made: Tensor
    checked: Tensor


def last_followed(masks: Tensor) -> Tensor:
    """For each clip the last frame up to which the subject is wholly in the picture, int64 [N]."""
    areas = masks.sum((2, 3))
    kept = (areas >= KEPT_AREA * areas[:, :1]).long().cumprod(1)
    return kept.sum(1) - 1


def displacement(masks: Tensor, last: Tensor) -> Tensor:
    """How far the centre is from where it began, to the right, at frame `last`, float32 [N]."""
    centres = centre_of(masks)
    return centres.gather(1, last[:, None])[:, 0] - centres[:, 0]


def verdict(found: Tensor, true: Tensor) -> dict[str, float]:
    """Direction and speed of what was found against what is true, over clips whose subject moves, and over the rest."""
    moves = true.abs() >= MOVES
    right = (found.sign() == true.sign()) & (found.abs() >= MOVES / 2)
    ratio = (found / true)[moves]
    return {
        "moving": moves.sum().item(),
        "right way": right[moves].float().mean().item(),
        "speed": ratio.median().item() if len(ratio) else float("nan"),
        "resting": (~moves).sum().item(),
        "stays": (found.abs() < MOVES)[~moves].float().mean().item(),
    }


def compare_tracks(tracks: Tracks, actions: list[str]) -> None:
    """Prints direction and speed for the model and for the locator on the world's own clips, and by action."""
    last = last_followed(tracks.truth)
    true = displacement(tracks.truth, last)
    header = ["clips", "that move", "right way", "speed / world's (median)", "that rest", "stay"]
    found = {"model": displacement(tracks.made, last), "world": displacement(tracks.checked, last)}

    def row(name: str, shifts: Tensor, chosen: Tensor) -> list[str]:
        v = verdict(shifts[chosen], true[chosen])
        return [
            name,
            str(v["moving"]),
            percent(v["right way"]),
            f"{v['speed']:.2f}",
            str(v["resting"]),
            percent(v["stays"]),
        ]

    every = torch.ones(len(actions), dtype=torch.bool)
    table = [row(f"{name}, all actions", shifts, every) for name, shifts in found.items()]
    for action in sorted(set(actions)):
        chosen = torch.tensor([other == action for other in actions])
        table.append(row(f"model, {action}", found["model"], chosen))
    print_table(header, table)
