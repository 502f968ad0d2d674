"""Trains the judge: `python -m training.train.judge --minutes 3 --finish 3`.

It sees renders of seeds of its own, never a generated picture: as they are, shrunk to 64 and enlarged, through the
upsampler where that is trained, blurred, with noise, and every second one as in a mirror.
"""

import random
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import Preset, autocast
from training.data.render import DOMAINS, EVALUATION_SEED_BASE, EXAM_SIZE, dataset, draw_attributes
from training.data.store import area_average
from training.export.sizes import family_config
from training.models.codec import Upsampler
from training.models.judge import Judge, JudgeConfig
from training.paths import run_folder
from training.train.coupling import mirror
from training.train.muon import muon_for
from training.train.options import begin, schedule_of, training_arguments
from training.train.pictures import to_tensor
from training.train.session import Session, best_weights
from training.world.attributes import Attributes, Domain
from training.world.render import render
from training.world.scene import Scene

BATCH = 48
DECODED = 1_200
REPORT_SCENES = 240
FIRST_LAYER = ("trunk.0.",)


def judge_config(domain: Domain) -> JudgeConfig:
    """One head for each attribute that varies in the domain and that one picture shows: not the camera's move."""
    return JudgeConfig(
        heads={
            name: values
            for name, values in asdict(domain).items()
            if len(values) > 1 and name != "camera"
        }
    )


def labels(config: JudgeConfig, attributes: list[Attributes]) -> dict[str, Tensor]:
    """The right answers by head, int64 [N]."""
    return {
        name: torch.tensor([values.index(getattr(row, name)) for row in attributes])
        for name, values in config.heads.items()
    }


def shrink_and_enlarge(pictures: Tensor) -> Tensor:
    """128 -> 64 -> 128: what a picture loses in the latents, without the learned upsampler."""
    return F.interpolate(F.avg_pool2d(pictures, 2), scale_factor=2, mode="bicubic").clamp(-1, 1)


@torch.no_grad()
def decode_for_judge(upsampler: Upsampler, latents: Tensor) -> Tensor:
    """Latents [N, 3, 64, 64] -> decoded pictures at the judge's size."""
    factor = 512 // EXAM_SIZE
    return torch.cat(
        [F.avg_pool2d(upsampler(part).clamp(-1, 1), factor) for part in latents.split(4)]
    )


def load_upsampler(preset: Preset, name: str = "upsampler") -> Upsampler | None:
    """The trained upsampler, or None where there is none yet."""
    if not list(run_folder(name).glob("*.pt")):
        return None
    upsampler = family_config(preset, 3).build().upsampler
    upsampler.load_state_dict(best_weights(name))
    return upsampler.to(memory_format=torch.channels_last).eval()


def load_judge(domain: Domain, name: str = "judge") -> Judge:
    """The trained judge."""
    judge = Judge(judge_config(domain))
    judge.load_state_dict(best_weights(name))
    return judge.to(memory_format=torch.channels_last).eval()


def disturb(pictures: Tensor, step: int, generator: torch.Generator) -> Tensor:
    """Blurs every fourth batch and adds a little noise to all, so that a softer look does not mislead."""
    if step % 4 == 3:
        pictures = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return pictures + 0.04 * torch.randn(pictures.shape, generator=generator)


def mirror_some(
    pictures: Tensor, answers: dict[str, Tensor], generator: torch.Generator
) -> tuple[Tensor, dict[str, Tensor]]:
    """Mirrors every second picture, by chance: a scene's mirror image shows the same but for the direction."""
    turned = torch.rand(len(pictures), generator=generator) < 0.5
    direction = answers["direction"]
    answers = answers | {"direction": torch.where(turned, 1 - direction, direction)}
    return mirror(pictures, turned), answers


@torch.no_grad()
def accuracies(judge: Judge, pictures: Tensor, attributes: list[Attributes]) -> dict[str, float]:
    """The share of right answers by attribute, and of pictures on which every answer is right ("all")."""
    answers = labels(judge.config, attributes)
    logits = [judge(part) for part in pictures.split(64)]
    right = {
        name: torch.cat([part[name].argmax(1) for part in logits]) == answer
        for name, answer in answers.items()
    }
    right["all"] = torch.stack(list(right.values())).all(0)
    return {name: hits.float().mean().item() for name, hits in right.items()}


def percentages(scores: dict[str, float]) -> str:
    """Accuracies as one line."""
    return " ".join(f"{name} {100 * value:.1f}" for name, value in scores.items())


def exam_scenes(
    domain: Domain, count: int, *, held_out: bool | None = None
) -> tuple[list[Attributes], Tensor]:
    """Fresh scenes that no training saw, rendered at 256: attributes and pictures float32 [N, 3, 256, 256]."""
    rng = random.Random(99)
    attributes = [draw_attributes(rng, domain, held_out=held_out) for _ in range(count)]
    pixels = [
        render(Scene(row, EVALUATION_SEED_BASE + index), 0.0, size=512)
        for index, row in enumerate(attributes)
    ]
    return attributes, to_tensor(np.stack([area_average(picture, 2) for picture in pixels]))


def ceilings(
    judge: Judge, domain: Domain, upsampler: Upsampler | None, count: int = REPORT_SCENES
) -> dict[str, dict[str, float]]:
    """What the judge scores on true pictures, by how they were treated: no generator can be measured above that."""
    attributes, pictures = exam_scenes(domain, count)
    real = F.avg_pool2d(pictures, 2)
    treated = {"real renders": real, "64 -> 128 bicubic": shrink_and_enlarge(real)}
    if upsampler:
        treated["decoded renders"] = decode_for_judge(upsampler, F.avg_pool2d(pictures, 4))
    return {name: accuracies(judge, shown, attributes) for name, shown in treated.items()}


def main(argv: list[str] | None = None) -> None:
    arguments = training_arguments(__doc__, "judge").parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    data, upsampler = dataset(f"exams-{arguments.domain}"), load_upsampler(preset)
    frames, starts = (
        data.array("frames"),
        torch.from_numpy(np.array(data.array("starts")))[:, 0].bool(),
    )
    judge = Judge(judge_config(domain)).to(preset.device, memory_format=torch.channels_last)
    answers = labels(judge.config, data.attributes)
    spins = torch.tensor([row.action == "spin" for row in data.attributes])
    # Later frames do not tell the action, nor which way somebody looks who turns on the spot.
    tells = {"action": starts, "direction": starts | ~spins}
    decoded = None
    if upsampler:
        decoded = decode_for_judge(upsampler, F.avg_pool2d(to_tensor(frames[:DECODED]), 2))
    schedule = schedule_of(arguments, 2e-3)
    optimizer = muon_for(judge, schedule.learning_rate, FIRST_LAYER)
    session = Session(arguments.name, judge, preset, schedule, optimizer)
    for step in session.run():
        generator = torch.Generator().manual_seed(step + 3 * 10**6)
        from_decoder = decoded is not None and step % 3 == 2
        rows = np.random.default_rng((14, step)).integers(
            0, min(DECODED, len(data)) if from_decoder else len(data), BATCH
        )
        pictures = (
            decoded[rows] if decoded is not None and from_decoder else to_tensor(frames[rows])
        )
        if step % 3 == 1:
            pictures = shrink_and_enlarge(pictures)
        told = {name: answer[rows] for name, answer in answers.items()}
        pictures, told = mirror_some(disturb(pictures, step, generator), told, generator)
        with autocast(preset):
            logits = judge(pictures.to(preset.device))
        losses = [
            F.cross_entropy(logits[name].float(), answer.to(preset.device), reduction="none")
            * (tells[name][rows].to(preset.device) if name in tells else 1.0)
            for name, answer in told.items()
        ]
        session.step(torch.stack(losses).sum(0).mean(), BATCH)
    with session.averaged():
        for name, scores in ceilings(judge, domain, upsampler).items():
            session.say(f"{name}: {percentages(scores)}")


if __name__ == "__main__":
    main()
