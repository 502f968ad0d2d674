"""Trains the keyframe network and the text encoder: `python -m training.train.t2i --minutes 80 --finish 20`."""

import random

import numpy as np
import torch
from torch import Tensor, nn

from training.config import Preset, autocast
from training.data.render import DOMAINS
from training.export.sizes import text_config, unet_config
from training.flow import NoiseLevels, add_noise, velocity_weighted_error
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import Tokenizer
from training.train.captions import CaptionSource, run_tokenizer
from training.train.coupling import leaves_direction_open, mirror, mirrored_to_agree
from training.train.inherit import inherit, keyframe_origin, load_weights
from training.train.pictures import subject_weights, to_tensor
from training.train.rows import Mixture, known_emphasis
from training.train.session import (
    Schedule,
    Session,
    add_begin_arguments,
    begin,
    best_weights,
    has_checkpoint,
    noise_levels,
    training_arguments,
)
from training.train.watch import Watch


class TextToImage(nn.Module):
    """The text encoder and the keyframe U-Net, which are trained together."""

    def __init__(self, preset: Preset, vocab_size: int, distilled_steps: int = 0) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(text_config(preset, vocab_size))
        self.unet = UNet(unet_config(preset, distilled_steps))

    def forward(self, sample: Tensor, timestep: Tensor, input_ids: Tensor) -> Tensor:
        return self.unet(sample, timestep, self.text_encoder(input_ids))


def load_text_to_image(name: str, preset: Preset, tokenizer: Tokenizer) -> TextToImage:
    """A run's best weights, ready to sample."""
    model = TextToImage(preset, len(tokenizer))
    load_weights(model, best_weights(name))
    return model.to(memory_format=torch.channels_last).eval()


def train(
    session: Session,
    model: TextToImage,
    captions: CaptionSource,
    rows: Mixture,
    watch: Watch,
    levels: NoiseLevels,
) -> None:
    """Runs until the session ends; batches depend on the step alone, so a resumed run goes on exactly."""
    preset = session.preset
    for step in session.run():
        picks = rows.draw(np.random.default_rng((11, step)), preset.batch_size)
        generator = torch.Generator().manual_seed(step + 10**6)
        sigma = levels.draw(len(picks), generator)
        x0 = to_tensor(rows.gather("frames", picks))
        weight = subject_weights(rows.gather("masks", picks))[:, None]
        noise = torch.randn(x0.shape, generator=generator)
        shown = rows.attributes(picks)
        input_ids = captions.ids(shown, random.Random(step * 7919 + 5))
        is_open = leaves_direction_open(input_ids, captions.tokenizer)
        turned = mirrored_to_agree(shown, noise, is_open)
        x0, weight = mirror(x0, turned), mirror(weight, turned)
        x0, weight, input_ids, sigma, noise = (
            tensor.to(preset.device) for tensor in (x0, weight, input_ids, sigma, noise)
        )
        with autocast(preset):
            predicted = model(add_noise(x0, noise, sigma), 1000 * sigma, input_ids)
        session.step(velocity_weighted_error(predicted, x0, sigma, weight), len(picks))
        watch.look(session, model.text_encoder, model.unet)


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
    add_begin_arguments(parser)
    parser.add_argument(
        "--freeze-text",
        action="store_true",
        help="so that I2V, which reads this text encoder, can end on it",
    )
    parser.add_argument(
        "--judge", help="a judge's run: logs what it names right, every few minutes"
    )
    arguments = parser.parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    tokenizer = run_tokenizer(arguments.name, domain)
    model, inherited = TextToImage(preset, len(tokenizer)), ""
    if arguments.begin and not has_checkpoint(arguments.name):
        inherited = inherit(model, keyframe_origin(arguments.begin), tokenizer.words)
    model = model.to(preset.device, memory_format=torch.channels_last)
    schedule = Schedule(
        learning_rate=arguments.rate or 1e-3,
        minutes=arguments.minutes,
        finish_minutes=arguments.finish,
        samples=arguments.samples,
    )
    session = Session(arguments.name, model, preset, schedule)
    if arguments.freeze_text:
        freeze_text(session, model)
    millions = sum(parameter.numel() for parameter in model.parameters()) / 1e6
    session.say(f"{millions:.2f} M parameters, {len(tokenizer)} words, preset {preset}")
    if inherited:
        session.say(f"begun from {arguments.begin}: {inherited}")
    rows = Mixture(
        f"keyframes-{arguments.domain}",
        arguments.also,
        in_memory=True,
        emphasis=known_emphasis(arguments.emphasis, domain),
    )
    captions = CaptionSource(tokenizer, arguments.complete_share)
    watch = Watch(tokenizer, domain, arguments.judge)
    train(session, model, captions, rows, watch, noise_levels(arguments))


if __name__ == "__main__":
    main()
