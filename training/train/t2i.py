"""Trains the keyframe network and the text encoder: `python -m training.train.t2i --minutes 80 --finish 20`."""

import random

import numpy as np
import torch
from torch import Tensor, nn

from training.config import Preset, autocast
from training.contrast import contrast_error
from training.data.render import DOMAINS
from training.export.sizes import text_config, unet_config
from training.flow import NoiseLevels, add_noise, velocity_weighted_error
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import Tokenizer
from training.train.captions import CaptionSource, run_tokenizer
from training.train.coupling import leaves_direction_open, mirror, mirrored_to_agree
from training.train.inherit import inherit, keyframe_origin, load_weights
from training.train.options import (
    add_begin_arguments,
    add_contrast_argument,
    begin,
    noise_levels,
    schedule_of,
    training_arguments,
)
from training.train.pictures import subject_weights, to_tensor
from training.train.rows import Mixture, known_emphasis
from training.train.session import Session, best_weights, has_checkpoint
from training.train.watch import Watch

LAST_LAYERS = ("unet.up0", "unet.norm_out", "unet.conv_out")
"""What turns features into lines and colours, after layouts are decided."""


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


class KeyframeBatches:
    """Draws training batches: pictures, where their subjects are, captions, and what noise they meet."""

    def __init__(
        self, preset: Preset, rows: Mixture, captions: CaptionSource, levels: NoiseLevels
    ) -> None:
        self.preset, self.rows, self.captions, self.levels = preset, rows, captions, levels

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """x0, weight and noise [B, 3|1|3, 64, 64], sigma [B], word ids; they depend on the step alone."""
        picks = self.rows.draw(np.random.default_rng((11, step)), self.preset.batch_size)
        generator = torch.Generator().manual_seed(step + 10**6)
        sigma = self.levels.draw(len(picks), generator)
        x0 = to_tensor(self.rows.gather("frames", picks))
        weight = subject_weights(self.rows.gather("masks", picks))[:, None]
        noise = torch.randn(x0.shape, generator=generator)
        shown = self.rows.attributes(picks)
        input_ids = self.captions.ids(shown, random.Random(step * 7919 + 5))
        is_open = leaves_direction_open(input_ids, self.captions.tokenizer)
        turned = mirrored_to_agree(shown, noise, is_open)
        return mirror(x0, turned), mirror(weight, turned), noise, sigma, input_ids


def train(
    session: Session, model: TextToImage, batches: KeyframeBatches, watch: Watch, contrast: float
) -> None:
    """Runs until the session ends; a resumed run goes on exactly."""
    preset = session.preset
    for step in session.run():
        batch = batches.draw(step)
        x0, weight, noise, sigma, input_ids = (tensor.to(preset.device) for tensor in batch)
        with autocast(preset):
            predicted = model(add_noise(x0, noise, sigma), 1000 * sigma, input_ids)
        error = velocity_weighted_error(predicted, x0, sigma, weight)
        session.step(error + contrast * contrast_error(predicted, x0, sigma), len(x0))
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


def freeze_all_but(model: TextToImage, kept: tuple[str, ...]) -> None:
    """Trains only parameters whose names begin so."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(kept))


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "t2i")
    add_begin_arguments(parser)
    add_contrast_argument(parser)
    parser.add_argument(
        "--freeze-text",
        action="store_true",
        help="so that I2V, which reads this text encoder, can end on it",
    )
    parser.add_argument(
        "--last-layers",
        action="store_true",
        help="train only what draws lines and colours: layouts stay as they are",
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
    schedule = schedule_of(arguments, 1e-3)
    session = Session(arguments.name, model, preset, schedule)
    if arguments.freeze_text:
        freeze_text(session, model)
    if arguments.last_layers:
        freeze_all_but(model, LAST_LAYERS)
    session.say_size(f", {len(tokenizer)} words, preset {preset}")
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
    batches = KeyframeBatches(preset, rows, captions, noise_levels(arguments))
    train(session, model, batches, watch, arguments.contrast)


if __name__ == "__main__":
    main()
