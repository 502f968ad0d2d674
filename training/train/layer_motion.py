"""Trains what predicts the motion of layers: `python -m training.train.layer_motion --minutes 6 --finish 8`.

It needs key frames, their captions and where the world puts bodies and what is behind them later on, but no later
picture, so that it learns in minutes. The motion network draws by what this predicts; it learns to from how layers
truly moved.
"""

import random
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.config import Preset
from training.data.render import CLIP_FPS, CLIP_FRAMES, DOMAINS, dataset
from training.export.sizes import motion_config
from training.models.layer_motion import LAYERS, LayerMotion
from training.models.text_encoder import TextEncoder
from training.train.captions import CaptionSource, run_tokenizer
from training.train.i2v import HELD_OUT_CLIPS
from training.train.inherit import inherit, layer_motion_origin
from training.train.layer_maps import places_at
from training.train.options import (
    add_caption_arguments,
    add_from_arguments,
    begin,
    schedule_of,
    training_arguments,
)
from training.train.pictures import to_tensor
from training.train.rows import Mixture, known_emphasis
from training.train.session import Every, Session, has_checkpoint
from training.train.t2i import load_text_to_image
from training.world.placement import placement
from training.world.scene import Scene

BATCH, FRAMES = 64, 16
HELD_OUT = 512
LATER_EVERY = 4
"""Every fourth batch begins anywhere in a clip, as an extension does; the others at the beginning of a scene."""

KEYFRAME_NOISE = 0.02
REPORT_MINUTES = 2.0
BODY_POINTS = torch.cartesian_prod(torch.tensor([-60.0, 0, 60]), torch.tensor([-110.0, -55, 0]))
PICTURE_POINTS = torch.cartesian_prod(*2 * [torch.tensor([40.0, 256, 472])])
POINTS = torch.stack([BODY_POINTS, *(LAYERS - 1) * [PICTURE_POINTS]])
"""Points of a body, in subject units, and of what is behind it, in pixels: float32 [L, 9, 2]."""


class LayerBatch(NamedTuple):
    """Key frames [B, 3, 64, 64], word ids [B, 32], seconds [B, F], placements [B, L, 2, 3] and [B, F, L, 2, 3]."""

    key: Tensor
    input_ids: Tensor
    times: Tensor
    key_places: Tensor
    places: Tensor

    def to(self, device: str) -> "LayerBatch":
        """The same where the network is."""
        return LayerBatch(*(tensor.to(device) for tensor in self))


def layer_motion(preset: Preset) -> LayerMotion:
    """With a preset's sizes."""
    config = motion_config(preset)
    return LayerMotion(config.cross_attention_dim, config.layer_channels, config.sample_size)


def distances(maps: Tensor, batch: LayerBatch) -> Tensor:
    """How far from where they were in the key frame maps lead points of a layer, [B, F, L]; the picture is 2 wide."""
    points = POINTS.to(maps.device)
    led = places_at(maps, places_at(batch.places, points))
    return (led - places_at(batch.key_places, points)[:, None]).abs().sum(-1).mean(-1)


def opening_batch(
    rows: Mixture, picks: list[tuple[int, int]], captions: CaptionSource, step: int
) -> LayerBatch:
    """Scenes' first frames, and what the world does with them later on."""
    rng, shown = np.random.default_rng((18, step)), rows.attributes(picks)
    seconds = rng.integers(1, CLIP_FRAMES, (len(picks), FRAMES)) / CLIP_FPS
    places = [
        [placement(scene, t) for t in (0.0, *times)]
        for scene, times in zip(
            (Scene(row, rows.sets[s].seeds[r]) for row, (s, r) in zip(shown, picks, strict=True)),
            seconds,
            strict=True,
        )
    ]
    told = torch.from_numpy(np.array(places))
    ids = captions.ids(shown, random.Random(step * 6911 + 1))
    key = to_tensor(rows.gather("frames", picks))
    return LayerBatch(key, ids, torch.from_numpy(seconds).float(), told[:, 0], told[:, 1:])


def later_batch(
    rows: Mixture, picks: list[tuple[int, int]], captions: CaptionSource, step: int
) -> LayerBatch:
    """Frames of clips, and the frames that follow."""
    rng, every = np.random.default_rng((19, step)), np.arange(len(picks))
    first = rng.integers(0, CLIP_FRAMES - 1, len(picks))
    later = np.array([rng.integers(start + 1, CLIP_FRAMES, FRAMES) for start in first])
    places = torch.from_numpy(rows.gather("placements", picks))
    ids = captions.ids(rows.attributes(picks), random.Random(step * 6911 + 2))
    seconds = torch.from_numpy(later - first[:, None]).float() / CLIP_FPS
    key = to_tensor(rows.gather("frames", picks)[every, first])
    return LayerBatch(key, ids, seconds, places[every, first], places[every[:, None], later])


@torch.no_grad()
def report(session: Session, model: LayerMotion, encoder: TextEncoder, exam: LayerBatch) -> None:
    """Logs how many pixels of 512 it is off on held-out scenes, beside a prediction that nothing moves."""
    with session.averaged():
        maps = model(encoder(exam.input_ids), exam.key, exam.times)
    off = 256 * distances(maps, exam).mean((0, 1))
    still = 256 * distances(model.still.expand_as(maps), exam).mean((0, 1))
    session.say(
        "pixels off: "
        + " ".join(
            f"{name} {made:.1f} (nothing moves: {none:.1f})"
            for name, made, none in zip(
                ("body", "ground", "nearer", "farther"), off, still, strict=True
            )
        )
    )


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "layer-motion")
    add_from_arguments(parser)
    add_caption_arguments(parser)
    parser.add_argument("--t2i", default="t2i", help="the run whose text encoder it reads")
    arguments = parser.parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    tokenizer = run_tokenizer(arguments.t2i, domain)
    encoder = load_text_to_image(arguments.t2i, preset, tokenizer).text_encoder.to(preset.device)
    captions = CaptionSource(tokenizer, arguments.complete_share)
    scenes = f"keyframes-{arguments.domain}"
    held = min(HELD_OUT, len(dataset(scenes)) // 4)
    emphasis = known_emphasis(arguments.emphasis, domain)
    openings = Mixture(scenes, [], held, in_memory=True, emphasis=emphasis)
    clips = Mixture(f"clips-{arguments.domain}", [], HELD_OUT_CLIPS, emphasis=emphasis)
    last = len(openings.sets[0])
    exam_rows = [(0, row) for row in range(last - held, last)]
    complete = CaptionSource(tokenizer, 1.0)
    exam = opening_batch(openings, exam_rows, complete, 0).to(preset.device)
    model, inherited = layer_motion(preset), ""
    if arguments.begin and not has_checkpoint(arguments.name):
        inherited = inherit(model, layer_motion_origin(arguments.begin))
    model = model.to(preset.device)
    schedule = schedule_of(arguments, 1e-3)
    session = Session(arguments.name, model, preset, schedule)
    session.say_size(f" {inherited}")
    reports = Every(REPORT_MINUTES)
    for step in session.run():
        draw, rows = (later_batch, clips) if step % LATER_EVERY == 3 else (opening_batch, openings)
        batch = draw(rows, rows.draw(np.random.default_rng((17, step)), BATCH), captions, step)
        generator = torch.Generator().manual_seed(step + 5 * 10**6)
        noise = KEYFRAME_NOISE * torch.randn(batch.key.shape, generator=generator)
        batch = batch._replace(key=batch.key + noise).to(preset.device)
        with torch.no_grad():
            text = encoder(batch.input_ids)
        maps = model(text, batch.key, batch.times)
        off = distances(maps, batch)
        # What is behind counts as much as the body in all, at however many depths.
        session.step((off[..., 0] + off[..., 1:].mean(-1)).mean() / 2, BATCH)
        reports.do(report, session, model, encoder, exam)
    report(session, model, encoder, exam)


if __name__ == "__main__":
    main()
