"""Trains the keyframe network and the text encoder: `python -m training.train.t2i --minutes 80 --finish 20`."""

import random
import time

import numpy as np
import torch
from torch import Tensor, nn

from training.config import Preset, autocast
from training.data.render import DOMAINS, dataset
from training.export.sizes import text_config, unet_config
from training.flow import add_noise, draw_sigmas, euler, velocity_weighted_error
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import Tokenizer, unconditional_ids
from training.train.captions import CaptionSource, run_tokenizer
from training.train.pictures import save_sheet, subject_weights, to_tensor
from training.train.session import Schedule, Session, begin, best_weights, training_arguments

SHEET_MINUTES = 8.0
SHEET_PROMPTS = (
    "un cane che corre su una collinetta erbosa",
    "un cane che corre su una collinetta erbosa",
    "a red dog runs to the right on a grassy hill by day",
    "a blue cat jumps on a sandy beach at sunset",
    "un coniglio giallo sta fermo in un campo innevato",
    "a green bird walks to the left in a city street at night",
    "un uccello viola corre verso sinistra su una spiaggia",
    "a white rabbit",
)


class TextToImage(nn.Module):
    """The text encoder and the keyframe U-Net, which are trained together."""

    def __init__(self, preset: Preset, vocab_size: int) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(text_config(preset, vocab_size))
        self.unet = UNet(unet_config(preset))

    def forward(self, sample: Tensor, timestep: Tensor, input_ids: Tensor) -> Tensor:
        return self.unet(sample, timestep, self.text_encoder(input_ids))


@torch.no_grad()
def sample_pictures(
    model: TextToImage, input_ids: Tensor, *, steps: int = 12, guidance: float = 3.0, seed: int = 0
) -> Tensor:
    """Pictures for rows of word ids, with classifier-free guidance; one noise stream for the whole batch."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(input_ids), 3, 64, 64, generator=generator).to(input_ids.device)
    nothing = torch.tensor([unconditional_ids()], device=input_ids.device).expand(
        len(input_ids), -1
    )
    text = model.text_encoder(torch.cat([input_ids, nothing]))

    def denoise(x: Tensor, timestep: Tensor) -> Tensor:
        told, untold = model.unet(torch.cat([x, x]), torch.cat([timestep, timestep]), text).chunk(2)
        return untold + guidance * (told - untold)

    return euler(denoise, noise, steps)


def load_text_to_image(name: str, preset: Preset, tokenizer: Tokenizer) -> TextToImage:
    """A run's best weights, ready to sample."""
    model = TextToImage(preset, len(tokenizer))
    model.load_state_dict(best_weights(name))
    return model.to(memory_format=torch.channels_last).eval()


def train(
    session: Session,
    model: TextToImage,
    tokenizer: Tokenizer,
    data_name: str,
    layout_share: float = 0.0,
) -> None:
    """Runs until the session ends; batches depend on the step alone, so a resumed run goes on exactly."""
    preset, data, captions = session.preset, dataset(data_name), CaptionSource(tokenizer)
    frames, masks, attributes = (
        np.array(data.array("frames")),
        np.array(data.array("masks")),
        data.attributes,
    )
    sheet_ids = torch.tensor([tokenizer.encode(prompt) for prompt in SHEET_PROMPTS])
    sheet_at = time.time() + 60 * SHEET_MINUTES / 2
    for step in session.run():
        rows = np.random.default_rng((11, step)).integers(0, len(data), preset.batch_size)
        x0, weight = to_tensor(frames[rows]), subject_weights(masks[rows])[:, None]
        input_ids = captions.ids([attributes[row] for row in rows], random.Random(step * 7919 + 5))
        generator = torch.Generator().manual_seed(step + 10**6)
        sigma, noise = (
            draw_sigmas(len(rows), generator, layout_share=layout_share),
            torch.randn(x0.shape, generator=generator),
        )
        x0, weight, input_ids, sigma, noise = (
            tensor.to(preset.device) for tensor in (x0, weight, input_ids, sigma, noise)
        )
        with autocast(preset):
            predicted = model(add_noise(x0, noise, sigma), 1000 * sigma, input_ids)
        session.step(velocity_weighted_error(predicted, x0, sigma, weight), len(rows))
        if time.time() > sheet_at:
            with session.averaged():
                pictures = sample_pictures(model, sheet_ids.to(preset.device))
            save_sheet(pictures.cpu(), 4, session.folder / f"sheet-{session.samples:07d}.png")
            sheet_at = time.time() + 60 * SHEET_MINUTES


def freeze_text(session: Session, model: TextToImage) -> None:
    """Fixes the text encoder at its averaged weights, which the motion network reads too."""
    averages = {
        id(parameter): average
        for parameter, average in zip(session.parameters, session.ema, strict=True)
    }
    with torch.no_grad():
        for parameter in model.text_encoder.parameters():
            parameter.copy_(averages[id(parameter)]).requires_grad_(False)


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "t2i")
    parser.add_argument(
        "--freeze-text",
        action="store_true",
        help="so that I2V, which reads this text encoder, can end on it",
    )
    arguments = parser.parse_args(argv)
    preset = begin(arguments)
    tokenizer = run_tokenizer(arguments.name, DOMAINS[arguments.domain])
    model = TextToImage(preset, len(tokenizer)).to(preset.device, memory_format=torch.channels_last)
    schedule = Schedule(
        learning_rate=arguments.rate or 1e-3,
        minutes=arguments.minutes,
        finish_minutes=arguments.finish,
    )
    session = Session(arguments.name, model, preset, schedule)
    if arguments.freeze_text:
        freeze_text(session, model)
    millions = sum(parameter.numel() for parameter in model.parameters()) / 1e6
    session.say(f"{millions:.2f} M parameters, {len(tokenizer)} words, preset {preset}")
    train(session, model, tokenizer, f"keyframes-{arguments.domain}", arguments.layout_share)


if __name__ == "__main__":
    main()
