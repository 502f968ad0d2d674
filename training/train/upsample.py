"""Trains the upsampler on 512x512 stills: `python -m training.train.upsample --domain full --minutes 10 --finish 6`.

`--autoencoder` trains its rival instead, on the same crops with the same loss, for a comparison at equal time. A run
goes on from its checkpoint; after a finish begin again at a lower `--rate`, since a high one undoes what it gained.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import autocast
from training.data.render import dataset
from training.export.sizes import family_config
from training.models.autoencoder import Autoencoder
from training.models.codec import FACTOR, Upsampler
from training.train.muon import muon_for
from training.train.options import begin, schedule_of, training_arguments
from training.train.pictures import save_sheet, to_tensor
from training.train.session import Every, Session

CROP, BATCH = 256, 8
HELD_OUT_STILLS = 32
REPORT_MINUTES = 3.0
SQUARED_WEIGHT = 4.0
OUTSIDE = ("conv_in", "conv_out", "patch", "out.")
"""Layers at the networks' ends, whose kernels Muon leaves alone."""


def edge_aware_loss(
    predicted: Tensor, target: Tensor, squared_weight: float = SQUARED_WEIGHT
) -> Tensor:
    """Squared error, absolute error weighted towards edges, and the error of the gradients."""
    error = predicted - target
    rows = (target[..., 1:, :] - target[..., :-1, :]).abs().mean(1, keepdim=True)
    columns = (target[..., :, 1:] - target[..., :, :-1]).abs().mean(1, keepdim=True)
    weight = 1 + 3 * (F.pad(rows, (0, 0, 0, 1)) + F.pad(columns, (0, 1)))
    gradients = error.diff(dim=-2).abs().mean() + error.diff(dim=-1).abs().mean()
    return (error.abs() * weight).mean() + 0.5 * gradients + squared_weight * error.square().mean()


def psnr(predicted: Tensor, target: Tensor) -> float:
    """Mean over pictures of the peak signal-to-noise ratio in dB, for values in [-1, 1]."""
    errors = ((predicted.clamp(-1, 1) - target) / 2).square().mean((1, 2, 3))
    return (-10 * errors.log10()).mean().item()


def draw_crops(stills: np.ndarray, step: int) -> Tensor:
    """Random crops on the grid of latent pixels, every second one where subjects stand."""
    rng = np.random.default_rng((13, step))
    room = (stills.shape[1] - CROP) // FACTOR
    crops = np.empty((BATCH, CROP, CROP, 3), np.uint8)
    for index, row in enumerate(rng.integers(0, len(stills) - HELD_OUT_STILLS, BATCH)):
        low = room // 4 if index % 2 else 0
        y, x = FACTOR * rng.integers(low, room + 1), FACTOR * rng.integers(0, room + 1)
        crops[index] = stills[row, y : y + CROP, x : x + CROP]
    return to_tensor(crops)


def reconstruct(model: Upsampler | Autoencoder, pictures: Tensor) -> Tensor:
    """Pictures through latents and back: an area average for the upsampler, its own encoder for an autoencoder."""
    return model(pictures if isinstance(model, Autoencoder) else F.avg_pool2d(pictures, FACTOR))


@torch.no_grad()
def report(session: Session, model: Upsampler | Autoencoder, stills: np.ndarray) -> float:
    """Logs the held-out PSNR beside bicubic's and saves original, bicubic and learned side by side."""
    target = to_tensor(stills[-HELD_OUT_STILLS:])
    with session.averaged():
        parts = target.split(4)
        made = torch.cat(
            [reconstruct(model, part.to(session.preset.device)).cpu() for part in parts]
        )
    latents = F.avg_pool2d(target, FACTOR)
    bicubic = F.interpolate(latents, scale_factor=FACTOR, mode="bicubic")
    score = psnr(made, target)
    session.say(f"held-out PSNR {score:.2f} dB, bicubic {psnr(bicubic, target):.2f} dB")
    shown = [picture for row in range(4) for picture in (target[row], bicubic[row], made[row])]
    save_sheet(torch.stack(shown), 3, session.folder / "sheet.png", scale=1)
    return score


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "upsampler")
    parser.add_argument(
        "--autoencoder", action="store_true", help="train the rival, which only a comparison needs"
    )
    parser.add_argument(
        "--squared", type=float, default=SQUARED_WEIGHT, help="loss weight; for PSNR"
    )
    arguments = parser.parse_args(argv)
    preset = begin(arguments)
    stills = dataset(f"stills-{arguments.domain}").array("frames")
    model = Autoencoder() if arguments.autoencoder else family_config(preset, 3).build().upsampler
    model = model.to(preset.device, memory_format=torch.channels_last)
    schedule = schedule_of(arguments, 2e-3)
    optimizer = muon_for(model, schedule.learning_rate, OUTSIDE)
    session = Session(arguments.name, model, preset, schedule, optimizer)
    reports = Every(REPORT_MINUTES)
    for step in session.run():
        target = draw_crops(stills, step).to(preset.device)
        with autocast(preset):
            made = reconstruct(model, target)
        session.step(edge_aware_loss(made.float(), target, arguments.squared), BATCH)
        reports.do(report, session, model, stills)
    report(session, model, stills)


if __name__ == "__main__":
    main()
