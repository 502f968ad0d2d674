"""Trains the locator on the world's clips and their masks: `python -m training.train.locate --minutes 2 --finish 1`."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import autocast
from training.data.render import dataset
from training.models.locator import Locator, centre_of
from training.train.i2v import HELD_OUT_CLIPS
from training.train.options import begin, schedule_of, training_arguments
from training.train.pictures import to_tensor
from training.train.session import Session, best_weights

BATCH = 32
NOISE = 0.04


def load_locator(name: str = "locator") -> Locator:
    """The trained locator."""
    locator = Locator()
    locator.load_state_dict(best_weights(name))
    return locator.to(memory_format=torch.channels_last).eval()


def disturb(pictures: Tensor, step: int, generator: torch.Generator) -> Tensor:
    """Blurs every third batch and adds a little noise, so that a generator's softer look does not mislead."""
    if step % 3 == 2:
        pictures = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return pictures + NOISE * torch.randn(pictures.shape, generator=generator)


@torch.no_grad()
def report(session: Session, locator: Locator, frames: np.ndarray, masks: np.ndarray) -> None:
    """Logs, on held-out clips, the overlap of masks and how far off the horizontal centre is."""
    pictures, truth = to_tensor(frames[:, ::5]).flatten(0, 1), torch.tensor(masks[:, ::5]) / 255
    truth = truth.flatten(0, 1)
    with session.averaged():
        made = torch.cat([locator(part).sigmoid() for part in pictures.split(32)])
    overlap = torch.minimum(made, truth).sum((1, 2)) / torch.maximum(made, truth).sum((1, 2))
    off = (centre_of(made) - centre_of(truth)).abs()
    session.say(
        f"held out: overlap {overlap.mean():.3f}, centre off by {off.median():.2f} px of 64 (median), "
        f"{off.quantile(0.95):.2f} (95 %)"
    )


def main(argv: list[str] | None = None) -> None:
    arguments = training_arguments(__doc__, "locator").parse_args(argv)
    preset = begin(arguments)
    data = dataset(f"clips-{arguments.domain}")
    frames, masks = data.array("frames"), data.array("masks")
    locator = Locator().to(preset.device, memory_format=torch.channels_last)
    schedule = schedule_of(arguments, 2e-3, ema_decay=0.99)
    session = Session(arguments.name, locator, preset, schedule)
    for step in session.run():
        rng, generator = (
            np.random.default_rng((16, step)),
            torch.Generator().manual_seed(step + 5 * 10**6),
        )
        rows = rng.integers(0, len(data) - HELD_OUT_CLIPS, BATCH)
        moments = rng.integers(0, frames.shape[1], BATCH)
        pictures = disturb(to_tensor(frames[rows, moments]), step, generator).to(preset.device)
        target = (torch.tensor(masks[rows, moments]) / 255).to(preset.device)
        with autocast(preset):
            logits = locator(pictures)
        session.step(F.binary_cross_entropy_with_logits(logits.float(), target), BATCH)
    report(session, locator, frames[-HELD_OUT_CLIPS:], masks[-HELD_OUT_CLIPS:])


if __name__ == "__main__":
    main()
