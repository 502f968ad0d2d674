"""Distils the keyframe network to few steps without guidance passes: `python -m training.train.distill --minutes 20`.

The teacher draws whole guided trajectories from noise, in `--substeps` Euler steps for each of the student's
`--steps`. The student is told the guidance scale and learns to make each leap at once: its target is the clean
picture that would take Euler from where the leap begins to where the teacher's steps ended (progressive distillation,
arXiv 2202.00512, with guidance as an input, arXiv 2210.03142). Text encoder and vocabulary are the teacher's.
"""

import json
import random
import shutil
from collections import deque
from dataclasses import dataclass, field

import torch
from torch import Tensor

from training.config import autocast
from training.data.render import DOMAINS, draw_attributes
from training.flow import CLIP_SAMPLE_RANGE, euler, velocity_weighted_error
from training.models.blocks import guidance_scale_embedding
from training.models.unet import STUDENT_GUIDANCE
from training.paths import run_folder
from training.tokenizer import load_tokenizer, unconditional_ids
from training.train.captions import CaptionSource
from training.train.inherit import STUDENT, load_weights
from training.train.options import begin, schedule_of, training_arguments
from training.train.pictures import save_sheet
from training.train.session import Every, Session, best_weights, has_checkpoint
from training.train.t2i import TextToImage, load_text_to_image
from training.train.watch import sheet_prompts
from training.world.attributes import Domain

BANK = 16
"""Batches of trajectories that are kept."""

SHEET_MINUTES, SHEET_GUIDANCE = 5.0, 3.0


@dataclass(frozen=True)
class Leaps:
    """The student's questions and answers: noisy pictures, their sigma, text, guidance, and the wanted x0."""

    x: Tensor
    sigma: Tensor
    input_ids: Tensor
    guidance: Tensor
    target: Tensor

    def part(self, rows: Tensor) -> "Leaps":
        """Some of the rows."""
        return Leaps(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@torch.no_grad()
def trajectories(
    teacher: TextToImage,
    input_ids: Tensor,
    noise: Tensor,
    guidance: Tensor,
    steps: int,
    substeps: int,
) -> Leaps:
    """Guided trajectories from noise [B, 3, 64, 64], cut into `steps` leaps: B * steps rows."""
    nothing = torch.tensor([unconditional_ids()], device=noise.device).expand(len(noise), -1)
    text = teacher.text_encoder(torch.cat([input_ids, nothing]))
    scale = guidance[:, None, None, None]
    total, x, starts, targets = steps * substeps, noise, [], []
    for index in range(steps):
        start = x
        for inner in range(substeps):
            sigma = 1 - (index * substeps + inner) / total
            timestep = torch.full((2 * len(x),), 1000 * sigma, device=x.device)
            told, untold = teacher.unet(torch.cat([x, x]), timestep, text).chunk(2)
            x0 = (untold + scale * (told - untold)).float()
            x0 = x0.clamp(-CLIP_SAMPLE_RANGE, CLIP_SAMPLE_RANGE)
            x = x + (x0 - x) / (total * sigma)
        starts.append(start)
        targets.append(start + (x - start) * (steps - index))
    sigmas = 1 - torch.arange(steps, device=noise.device).repeat_interleave(len(noise)) / steps
    return Leaps(
        torch.cat(starts),
        sigmas,
        input_ids.repeat(steps, 1),
        guidance.repeat(steps),
        torch.cat(targets),
    )


@torch.no_grad()
def sample_student(model: TextToImage, input_ids: Tensor, steps: int, guidance: float) -> Tensor:
    """Pictures of a student, one run of the network a step."""
    noise = torch.randn(len(input_ids), 3, 64, 64, generator=torch.Generator().manual_seed(0))
    text = model.text_encoder(input_ids)
    scale = torch.full((len(input_ids),), guidance, device=input_ids.device)
    told = guidance_scale_embedding(scale)
    return euler(lambda x, t: model.unet(x, t, text, told), noise.to(input_ids.device), steps)


@dataclass
class LeapSource:
    """Draws captions and noise, asks the teacher, and keeps its newest answers, each to be used several times."""

    teacher: TextToImage
    captions: CaptionSource
    domain: Domain
    steps: int
    substeps: int
    reuse: int
    bank: deque[Leaps] = field(default_factory=lambda: deque(maxlen=BANK))
    asked: int = -1

    def batch(self, step: int, size: int) -> Leaps:
        """The leaps of one training step: a random mixture of the bank's, which grows by `size` trajectories now and
        then, so that a leap is used `reuse` times on average."""
        index = step // (self.steps * self.reuse)
        if self.asked != index:
            self.asked = index
            self.bank.append(self._ask(index, size))
        generator = torch.Generator().manual_seed(step + 7 * 10**6)
        chosen = torch.randint(len(self.bank) * size * self.steps, (size,), generator=generator)
        parts = [
            leaps.part(chosen[chosen // (size * self.steps) == number] % (size * self.steps))
            for number, leaps in enumerate(self.bank)
        ]
        return Leaps(
            *(torch.cat([getattr(p, name) for p in parts]) for name in Leaps.__dataclass_fields__)
        )

    def _ask(self, index: int, size: int) -> Leaps:
        rng, generator = (
            random.Random(index * 6007 + 1),
            torch.Generator().manual_seed(index + 6 * 10**6),
        )
        device = next(self.teacher.parameters()).device
        rows = [draw_attributes(rng, self.domain) for _ in range(size)]
        ids = self.captions.ids(rows, rng).to(device)
        noise = torch.randn(size, 3, 64, 64, generator=generator).to(device)
        low, high = STUDENT_GUIDANCE
        guidance = (low + (high - low) * torch.rand(size, generator=generator)).to(device)
        return trajectories(self.teacher, ids, noise, guidance, self.steps, self.substeps)


def save_progress(session: Session, model: TextToImage, sheet_ids: Tensor, steps: int) -> None:
    """A sheet of the averaged student."""
    with session.averaged():
        pictures = sample_student(model, sheet_ids, steps, SHEET_GUIDANCE).cpu()
    save_sheet(pictures, 4, session.folder / f"sheet-{session.samples:07d}.png")


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "t2i-student")
    parser.add_argument("--t2i", default="t2i", help="the teacher's run")
    parser.add_argument("--steps", type=int, default=6, help="the student's steps")
    parser.add_argument("--reuse", type=int, default=4, help="how often a leap is trained on")
    parser.add_argument("--substeps", type=int, default=3, help="the teacher's, for each of them")
    arguments = parser.parse_args(argv)
    preset, domain = begin(arguments), DOMAINS[arguments.domain]
    folder = run_folder(arguments.name)
    if not has_checkpoint(arguments.name):
        shutil.copytree(
            run_folder(arguments.t2i) / "tokenizer", folder / "tokenizer", dirs_exist_ok=True
        )
        (folder / STUDENT).write_text(json.dumps({"steps": arguments.steps}))
    tokenizer = load_tokenizer(folder / "tokenizer")
    teacher = load_text_to_image(arguments.t2i, preset, tokenizer).to(preset.device)
    model = TextToImage(preset, len(tokenizer), arguments.steps)
    load_weights(model, best_weights(arguments.t2i))
    model = model.to(preset.device, memory_format=torch.channels_last)
    model.text_encoder.requires_grad_(False)
    schedule = schedule_of(arguments, 5e-4)
    session = Session(arguments.name, model, preset, schedule)
    captions = CaptionSource(tokenizer)
    source = LeapSource(
        teacher, captions, domain, arguments.steps, arguments.substeps, arguments.reuse
    )
    sheet_ids = torch.tensor([tokenizer.encode(text) for text in sheet_prompts(domain)])
    sheet_ids = sheet_ids.to(preset.device)
    sheets = Every(SHEET_MINUTES)
    for step in session.run():
        with autocast(preset):
            leaps = source.batch(step, preset.batch_size)
            text = model.text_encoder(leaps.input_ids)
            told = guidance_scale_embedding(leaps.guidance)
            made = model.unet(leaps.x, 1000 * leaps.sigma, text, told)
        weight = torch.ones_like(leaps.target[:, :1])
        loss = velocity_weighted_error(made, leaps.target, leaps.sigma, weight)
        session.step(loss, len(leaps.x))
        sheets.do(save_progress, session, model, sheet_ids, arguments.steps)


if __name__ == "__main__":
    main()
