"""Trains the motion network, begun from a T2I run: `python -m training.train.i2v --minutes 45 --finish 12`."""

import random
import time
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import Preset, autocast
from training.contrast import contrast_error
from training.data.render import CLIP_FPS, DOMAINS
from training.export.sizes import motion_config
from training.flow import NoiseLevels, add_noise, euler, still_error, velocity_weighted_error
from training.models.motion_unet import Layered, MotionUNet
from training.models.text_encoder import TextEncoder
from training.train.captions import CaptionSource, run_tokenizer
from training.train.inherit import (
    inherit,
    keyframe_origin,
    layer_motion_origin,
    load_weights,
    move_to,
    part_of,
    part_origin,
)
from training.train.layer_maps import maps_between
from training.train.options import (
    add_begin_arguments,
    add_contrast_argument,
    begin,
    noise_levels,
    schedule_of,
    training_arguments,
)
from training.train.pictures import save_sheet, subject_weights, to_tensor
from training.train.rows import Mixture, known_emphasis
from training.train.session import Every, Session, adamw, best_weights, has_checkpoint
from training.train.t2i import load_text_to_image

HELD_OUT_CLIPS = 64
"""The data set's last clips are never trained on; sheets show them."""

KEYFRAME_NOISE = 0.01
"""Key frames made by the keyframe network are not perfect, so training ones are disturbed a little."""

STILL_LEVELS, STILL_WEIGHT = 2, 0.3
"""Pixels within so many levels of the key frame stand still; how much their difference from it adds to the loss."""

CHOICE_SHARPNESS, CHOICE_WEIGHT = 0.003, 0.2
"""The squared error that makes a layer e times less wanted, and what a wrong choice adds to the loss."""

LAYERS_RATE = 8.0
"""How many times faster what looks at moved layers and chooses among them learns: it is little, and begins at zero."""

SHEET_MINUTES = 12.0
FOLLOW_MINUTES = 3.0


def frame_times(frames: int) -> Tensor:
    """Seconds of the frames after the key frame."""
    return torch.arange(1, frames + 1) / CLIP_FPS


@torch.no_grad()
def sample_clips(
    model: MotionUNet, key: Tensor, text: Tensor, *, steps: int = 8, seed: int = 0
) -> Tensor:
    """Clips [B, 3, 16, 64, 64] that go on from key frames [B, 3, 64, 64], told by text [B, 32, D]; no guidance."""
    generator = torch.Generator().manual_seed(seed)
    frames = model.config.num_frames
    noise = torch.randn(len(key), 3, frames, 64, 64, generator=generator).to(key.device)
    times = frame_times(frames).to(key.device)
    return euler(lambda x, timestep: model(x, timestep, text, key, times), noise, steps)


def load_motion(name: str, preset: Preset) -> MotionUNet:
    """A run's best weights, ready to sample."""
    model = MotionUNet(motion_config(preset))
    load_weights(model, best_weights(name))
    return model.to(memory_format=torch.channels_last).eval()


class ClipBatches:
    """Draws training batches: a few random frames of each of a few clips, their key frames and captions."""

    def __init__(self, preset: Preset, rows: Mixture, captions: CaptionSource) -> None:
        self.preset, self.rows, self.captions = preset, rows, captions
        self.data = rows.sets[0]

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """x0 and weight [B, 3|1, F, 64, 64], key [B, 3, 64, 64], seconds [B, F], maps [B, F, L, 2, 3], word ids."""
        rng, count = np.random.default_rng((12, step)), self.preset.clip_batch_size
        picks = self.rows.draw(rng, count)
        frames, masks, places = (
            self.rows.gather(name, picks) for name in ("frames", "masks", "placements")
        )
        last, every = frames.shape[1] - 1, np.arange(count)[:, None]
        chosen = np.stack(
            [np.sort(rng.permutation(last)[: self.preset.frames_per_clip] + 1) for _ in picks]
        )
        x0 = to_tensor(frames[every, chosen]).transpose(1, 2)
        # Where the subject stood at first counts too: it leaves a background there that must be drawn.
        weight = subject_weights(np.maximum(masks[every, chosen], masks[:, :1]))[:, None]
        ids = self.captions.ids(self.rows.attributes(picks), random.Random(step * 104729 + 3))
        maps = maps_between(torch.from_numpy(places[:, 0]), torch.from_numpy(places[every, chosen]))
        seconds = torch.from_numpy(chosen).float() / CLIP_FPS
        return x0, weight, to_tensor(frames[:, 0]), seconds, maps, ids


class FollowedTextEncoder:
    """The text encoder of a T2I run that may still be training: its newest averaged weights, never trained here."""

    def __init__(self, run: str, module: TextEncoder) -> None:
        self.run, self.module, self.read_at = run, module.eval(), time.time()

    @torch.no_grad()
    def __call__(self, input_ids: Tensor) -> Tensor:
        if time.time() - self.read_at > 60 * FOLLOW_MINUTES:
            self.read_at = time.time()
            self.module.load_state_dict(part_of(best_weights(self.run), "text_encoder."))
        return self.module(input_ids)


def optimizer_for(model: MotionUNet, rate: float) -> torch.optim.Optimizer:
    """AdamW, faster where layers are chosen."""
    layers = [*model.layers_in.parameters(), *model.layers_out.parameters()]
    chosen = {id(parameter) for parameter in layers}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in chosen]
    return adamw([{"params": rest}, {"params": layers, "scale": LAYERS_RATE}], rate)


def choice_error(layered: Layered, x0: Tensor, sigma: Tensor) -> Tensor:
    """How far shares are from those of what comes nearest, drawn or moved, to x0 [N, 3, H, W] at noise levels [N].

    A layer that fits is worth taking most of all where noise hides what is to be drawn; the pictures' own error minds
    low noise most, where drawing is easy, and hardly teaches which layer to take.
    """
    off = (layered.pictures.float() - x0[:, None]).square().mean(2).detach()
    wanted = (-F.avg_pool2d(off, 3, 1, 1) / CHOICE_SHARPNESS).softmax(1)
    surprise = -(wanted * layered.shares.float().clamp(min=1e-6).log()).sum(1).mean((1, 2))
    return (sigma * surprise).mean()


def as_pictures(clips: Tensor) -> Tensor:
    """Clips [B, 3, F, H, W] as pictures [B * F, 3, H, W]."""
    return clips.transpose(1, 2).flatten(0, 1)


def train(
    session: Session,
    model: MotionUNet,
    text_encoder: FollowedTextEncoder,
    batches: ClipBatches,
    levels: NoiseLevels,
    contrast: float,
) -> None:
    """Runs until the session ends."""
    preset, sheets = session.preset, Every(SHEET_MINUTES, first=SHEET_MINUTES / 2)
    for step in session.run():
        generator = torch.Generator().manual_seed(step + 2 * 10**6)
        batch = batches.draw(step)
        x0, weight, key, times, maps, input_ids = (tensor.to(preset.device) for tensor in batch)
        noise = torch.randn(x0.shape, generator=generator).to(preset.device)
        sigma = levels.draw(len(x0), generator).to(preset.device)
        still = (x0 - key[:, :, None]).abs().amax(1, keepdim=True) <= STILL_LEVELS / 127.5
        key = key + KEYFRAME_NOISE * torch.randn(key.shape, generator=generator).to(preset.device)
        text = text_encoder(input_ids)
        with autocast(preset):
            noisy = add_noise(x0, noise, sigma)
            predicted, layered = model.mixed(noisy, 1000 * sigma, text, key, times, maps)
        assert layered is not None
        error = velocity_weighted_error(predicted, x0, sigma, weight)
        # What stands still is the given key frame, whatever disturbs that.
        given = key[:, :, None].expand_as(x0)
        error = error + STILL_WEIGHT * still_error(predicted, given, sigma, still)
        each = sigma.repeat_interleave(x0.shape[2])
        true = as_pictures(x0)
        error = error + contrast * contrast_error(as_pictures(predicted), true, each)
        error = error + CHOICE_WEIGHT * choice_error(layered, true, each)
        session.step(error, len(x0))
        sheets.do(save_progress, session, model, text_encoder, batches)


@torch.no_grad()
def save_progress(
    session: Session, model: MotionUNet, text_encoder: FollowedTextEncoder, batches: ClipBatches
) -> None:
    """Logs the held-out error beside copying the key frame, and writes predictions above the world's own frames."""
    device, count = session.preset.device, 6
    rows = np.arange(len(batches.data) - count, len(batches.data))
    truth = to_tensor(batches.data.array("frames")[rows])
    input_ids = batches.captions.ids(
        [batches.data.attributes[row] for row in rows], random.Random(1)
    )
    with session.averaged():
        made = sample_clips(model, truth[:, 0].to(device), text_encoder(input_ids.to(device))).cpu()
    made = torch.cat([truth[:, :1], made.transpose(1, 2)], 1)
    shown = [1, 4, 8, 16]
    errors = (made - truth).square().mean((0, 2, 3, 4))[shown].tolist()
    copies = (truth[:, :1] - truth).square().mean((0, 2, 3, 4))[shown].tolist()
    session.say("MSE at frames 1, 4, 8, 16: " + " ".join(f"{error:.4f}" for error in errors))
    session.say("copying the key frame:    " + " ".join(f"{error:.4f}" for error in copies))
    strips = torch.stack([made[:, ::2], truth[:, ::2]], 1)
    file = session.folder / f"sheet-{session.samples:07d}.png"
    save_sheet(strips.flatten(0, 2), strips.shape[2], file, scale=1)


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "i2v")
    add_begin_arguments(parser)
    add_contrast_argument(parser)
    parser.add_argument(
        "--t2i",
        default="t2i",
        help="the run whose text encoder it follows, and from which it starts without --from",
    )
    parser.add_argument(
        "--base",
        metavar="T2I_RUN_OR_FOLDER",
        help="the keyframe weights that --from began with: what it learned since is added to those of --t2i",
    )
    parser.add_argument(
        "--layer-motion",
        default="layer-motion",
        metavar="RUN_OR_FOLDER",
        help="what predicts how layers move, taken as it is",
    )
    arguments = parser.parse_args(argv)
    preset = begin(arguments)
    tokenizer = run_tokenizer(arguments.t2i, DOMAINS[arguments.domain])
    keyframes = load_text_to_image(arguments.t2i, preset, tokenizer)
    model, inherited = MotionUNet(motion_config(preset)), ""
    if not has_checkpoint(arguments.name):
        if arguments.begin:
            origin = part_origin(arguments.begin, "motion_unet")
            if arguments.base:
                base = part_of(keyframe_origin(arguments.base).weights, "unet.")
                moved = move_to(origin.weights, base, keyframes.unet.state_dict())
                origin = replace(origin, weights=moved)
            inherited = inherit(model, origin)
        else:
            unexpected = model.load_state_dict(keyframes.unet.state_dict(), strict=False)[1]
            assert not unexpected, unexpected
    model = model.to(preset.device, memory_format=torch.channels_last)
    schedule = schedule_of(arguments, 8e-4, ema_decay=0.985)
    optimizer = optimizer_for(model, schedule.learning_rate)
    session = Session(arguments.name, model, preset, schedule, optimizer)
    session.say_size(f" {inherited}")
    # Frames are drawn here from how layers truly moved; predicting that is learned elsewhere, from far more scenes.
    model.layer_motion.requires_grad_(False)
    model.layer_motion.load_state_dict(layer_motion_origin(arguments.layer_motion).weights)
    session.average_anew(model.layer_motion)
    emphasis = known_emphasis(arguments.emphasis, DOMAINS[arguments.domain])
    rows = Mixture(f"clips-{arguments.domain}", arguments.also, HELD_OUT_CLIPS, emphasis=emphasis)
    batches = ClipBatches(preset, rows, CaptionSource(tokenizer, arguments.complete_share))
    text_encoder = FollowedTextEncoder(arguments.t2i, keyframes.text_encoder.to(preset.device))
    train(session, model, text_encoder, batches, noise_levels(arguments), arguments.contrast)


if __name__ == "__main__":
    main()
