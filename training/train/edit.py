"""Trains the editor, begun from a T2I run: `python -m training.train.edit --minutes 60 --finish 20 --from t2i-last`.

Half of the steps see single pictures, the others four moments of a clip, so that attention between frames learns too.
Text, task and value are dropped together, and so is the source, for guidance at two scales (arXiv 2211.09800).
"""

import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from training.config import Preset, autocast
from training.edit_world.instructions import draw_language, edit_tokenizer, say
from training.edit_world.tasks import DRAWN_TASKS, EDIT_DOMAINS, VALUES, Edit
from training.export.editor_sizes import editor_config
from training.export.sizes import text_config
from training.flow import NoiseLevels, add_noise, euler, velocity_weighted_error
from training.models.editor import EditorUNet
from training.models.text_encoder import TextEncoder
from training.tokenizer import Tokenizer, unconditional_ids
from training.train.edit_pairs import Pairs, change_weights
from training.train.inherit import WORDS, carry_words, keyframe_origin
from training.train.options import begin, noise_levels, schedule_of, share_of, training_arguments
from training.train.pictures import save_sheet, to_tensor
from training.train.rows import Emphasis, known_emphasis
from training.train.session import Every, Session, best_weights

CLIP_EVERY = 2
DROP = {"told": 0.05, "source": 0.05, "both": 0.05}
SOURCE_NOISE = 0.01
"""Sources come from generators, which are not perfect, so training ones are disturbed a little."""

SHEET_MINUTES = 8.0


def edit_row(edit: Edit) -> list[int]:
    """Rows of the task's and the value's embedding; 0 is "not told"."""
    return [1 + DRAWN_TASKS.index(edit.task), 1 + VALUES.index(edit.key)]


@dataclass(frozen=True)
class Told:
    """What the editor is told: word ids [B, 32], rows of task and value [B, 2]."""

    input_ids: Tensor
    edit_ids: Tensor

    def to(self, device: str) -> "Told":
        return Told(self.input_ids.to(device), self.edit_ids.to(device))

    def dropped(self, rows: Tensor) -> "Told":
        """Nothing told where `rows` [B] is true."""
        nothing = torch.tensor(unconditional_ids(), device=rows.device)
        return Told(
            torch.where(rows[:, None], nothing, self.input_ids),
            self.edit_ids * ~rows[:, None],
        )


def tell(tokenizer: Tokenizer, texts: list[str], edits: list[Edit]) -> Told:
    """Instructions and what was read in them, as the editor takes them."""
    return Told(
        torch.tensor([tokenizer.encode(text) for text in texts]),
        torch.tensor([edit_row(edit) for edit in edits]),
    )


class Editor(nn.Module):
    """The editor's text encoder and U-Net, which are trained together."""

    def __init__(self, text_encoder: TextEncoder, unet: EditorUNet) -> None:
        super().__init__()
        self.text_encoder, self.unet = text_encoder, unet

    def forward(
        self, sample: Tensor, timestep: Tensor, told: Told, source: Tensor, times: Tensor
    ) -> Tensor:
        text = self.text_encoder(told.input_ids)
        return self.unet(sample, timestep, text, source, told.edit_ids, times)


def new_editor(preset: Preset, vocab_size: int) -> Editor:
    """An editor of a preset's sizes with random weights."""
    return Editor(TextEncoder(text_config(preset, vocab_size)), EditorUNet(editor_config(preset)))


TASK_GUIDANCE = {
    "recolour": 2.0, "replace": 4.0, "add": 3.0, "remove": 3.0, "action": 5.0, "camera": 3.0,
}  # fmt: skip
"""The `text` scale of tasks that need more than 1: what they draw otherwise stays close to the source."""


GUIDED_ABOVE = 0.5
"""Guidance works where the layout is decided, above this noise level; below it only hardens the picture
(arXiv 2404.07724), and costs a second evaluation."""


@dataclass(frozen=True)
class Sampling:
    """Steps, and how strongly instruction (`text`) and source (`image`) steer; 1 and 1: one evaluation a step.

    `guided_above`: the noise level sigma above which they do.
    """

    steps: int = 8
    text: float = 1.0
    image: float = 1.0
    guided_above: float = GUIDED_ABOVE


@torch.no_grad()
def sample_edits(
    model: Editor,
    source: Tensor,
    told: Told,
    times: Tensor,
    *,
    how: Sampling,
    seeds: list[int] | None = None,
) -> Tensor:
    """Edited frames [B, F, 3, 64, 64] of source frames of that shape; all frames of a clip share one noise.

    x~ = x(0) + w_I * (x(I) - x(0)) + w_T * (x(I, T) - x(I)), Brooks et al., equation 3.
    """
    streams = (torch.Generator().manual_seed(seed) for seed in seeds or range(len(source)))
    noise = torch.cat([torch.randn(1, 1, 3, 64, 64, generator=stream) for stream in streams])
    noise = noise.expand_as(source).contiguous()
    everything = torch.ones(len(source), dtype=torch.bool)

    def denoise(x: Tensor, timestep: Tensor) -> Tensor:
        told_x = model(x, timestep, told, source, times)
        if how.text == how.image == 1.0 or float(timestep[0]) <= 1000 * how.guided_above:
            return told_x
        nothing = told.dropped(everything)
        seen = model(x, timestep, nothing, source, times)
        made = seen + how.text * (told_x - seen)
        if how.image == 1.0:
            return made
        free = model(x, timestep, nothing, torch.zeros_like(source), times)
        return made + (how.image - 1) * (seen - free)

    return euler(denoise, noise, how.steps).clamp(-1, 1)


def start_from(model: Editor, source: str, tokenizer: Tokenizer) -> str:
    """Fills in a keyframe network and its text encoder, of a run or an exported folder. Returns a summary."""
    origin, state = keyframe_origin(source), model.state_dict()
    weights = {name: value for name, value in origin.weights.items() if name in state}
    weights[WORDS] = carry_words(weights[WORDS], origin.words, state[WORDS], tokenizer.words)
    model.load_state_dict(weights, strict=False)
    return f"{len(weights)} tensors of {source}, {len(state) - len(weights)} new"


def load_editor(name: str, preset: Preset) -> Editor:
    """A run's best weights, ready to sample."""
    model = new_editor(preset, len(edit_tokenizer(name)))
    model.load_state_dict(best_weights(name))
    return model.to(memory_format=torch.channels_last).eval()


class PairBatches:
    """Draws training batches: pictures, at every `clip_every`th step clips, each with a new wording."""

    def __init__(
        self,
        preset: Preset,
        domain: str,
        tokenizer: Tokenizer,
        emphasis: Emphasis,
        clip_every: int = CLIP_EVERY,
    ) -> None:
        self.preset, self.tokenizer, self.clip_every = preset, tokenizer, clip_every
        self.pictures, self.clips = (
            Pairs(f"edit-{kind}-{domain}", emphasis) for kind in ("pictures", "clips")
        )

    def told(self, edits: list[Edit], rng: random.Random) -> Told:
        """A training wording of each edit, some words of it unknown."""
        texts = [say(edit, rng, draw_language(rng), noise=0.1) for edit in edits]
        return tell(self.tokenizer, texts, edits)

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Told]:
        """x0 and source [B, F, 3, 64, 64], weight [B, F, 1, 64, 64], seconds [B, F], and what is told."""
        rng = np.random.default_rng((15, step))
        pairs = self.clips if step % self.clip_every == 0 else self.pictures
        count = max(1, self.preset.batch_size // pairs.times.shape[1])
        edits, (source, target, masks, times) = pairs.draw(count, rng)
        told = self.told(edits, random.Random(step * 15485863 + 7))
        weight = change_weights(masks, source, target)
        return to_tensor(target), to_tensor(source), weight, torch.from_numpy(times), told


def train(session: Session, model: Editor, batches: PairBatches, levels: NoiseLevels) -> None:
    """Runs until the session ends; batches depend on the step alone."""
    preset, sheets = session.preset, Every(SHEET_MINUTES, first=SHEET_MINUTES / 2)
    for step in session.run():
        generator = torch.Generator().manual_seed(step + 4 * 10**6)
        x0, source, weight, times, told = batches.draw(step)
        source = source + SOURCE_NOISE * torch.randn(source.shape, generator=generator)
        # All frames of a clip share one noise, as they do when they are sampled.
        noise = torch.randn(x0[:, :1].shape, generator=generator).expand_as(x0).contiguous()
        sigma = levels.draw(len(x0), generator)
        chance = torch.rand(len(x0), generator=generator)
        no_text = chance < DROP["told"] + DROP["both"]
        no_source = (chance >= DROP["told"]) & (chance < sum(DROP.values()))
        source = torch.where(no_source[:, None, None, None, None], 0.0, source)
        told = told.dropped(no_text).to(preset.device)
        x0, source, weight, times, noise, sigma = (
            x.to(preset.device) for x in (x0, source, weight, times, noise, sigma)
        )
        with autocast(preset):
            made = model(add_noise(x0, noise, sigma), 1000 * sigma, told, source, times)
        session.step(velocity_weighted_error(made, x0, sigma, weight), x0.shape[0] * x0.shape[1])
        sheets.do(save_progress, session, model, batches)


@torch.no_grad()
def save_progress(session: Session, model: Editor, batches: PairBatches) -> None:
    """Logs the held-out error beside copying the source; writes source, edit and truth, first and last frame."""
    pairs = batches.clips
    rows = np.arange(pairs.count, min(pairs.count + 12, len(pairs.forward)))
    source, truth = to_tensor(pairs.sources[rows]), to_tensor(pairs.targets[rows])
    told = batches.told([pairs.forward[row] for row in rows], random.Random(1))
    times = torch.from_numpy(pairs.times[rows])
    device = session.preset.device
    with session.averaged():
        made = sample_edits(
            model, source.to(device), told.to(device), times.to(device), how=Sampling()
        ).cpu()
    session.say(
        f"held-out L1: edited {(made - truth).abs().mean():.4f}, "
        f"copying the source {(source - truth).abs().mean():.4f}"
    )
    strips = [x[:, i] for i in (0, -1) for x in (source, made, truth)]
    sheet = torch.stack(strips, 1).flatten(0, 1)
    save_sheet(sheet, len(strips), session.folder / f"sheet-{session.samples:07d}.png", scale=1)


def main(argv: list[str] | None = None) -> None:
    parser = training_arguments(__doc__, "edit")
    parser.add_argument(
        "--from", dest="source", default="t2i", help="the T2I run or exported folder it starts from"
    )
    parser.add_argument(
        "--emphasis",
        type=share_of,
        action="append",
        default=[],
        metavar="WHAT:TIMES",
        help="draw a task's or a source's pairs so many times as often: camera:5, camera=pan:3",
    )
    parser.add_argument(
        "--clip-every", type=int, default=CLIP_EVERY, help="every how many steps clips are shown"
    )
    arguments = parser.parse_args(argv)
    emphasis = known_emphasis(arguments.emphasis, EDIT_DOMAINS[arguments.domain], DRAWN_TASKS)
    preset, tokenizer = begin(arguments), edit_tokenizer(arguments.name)
    model = new_editor(preset, len(tokenizer))
    summary = start_from(model, arguments.source, tokenizer)
    model = model.to(preset.device, memory_format=torch.channels_last)
    schedule = schedule_of(arguments, 8e-4)
    session = Session(arguments.name, model, preset, schedule)
    session.say_size(f": {summary}")
    batches = PairBatches(preset, arguments.domain, tokenizer, emphasis, arguments.clip_every)
    train(session, model, batches, noise_levels(arguments))


if __name__ == "__main__":
    main()
