"""What the edit service does, in one process: read an instruction, edit latents, decode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from training.data.store import Pixels
from training.edit_world.tasks import DRAWN_TASKS, Edit
from training.evaluate.pipeline import Pipeline
from training.export.editor_load import load_edit_family
from training.models.judge import Judge
from training.models.task_predictor import TaskPredictor
from training.tokenizer import Tokenizer, load_tokenizer
from training.train.edit import TASK_GUIDANCE, Editor, Sampling, sample_edits, tell
from training.train.pictures import to_pixels
from training.train.task_predictor import read


@dataclass(frozen=True)
class Editing:
    """The networks that edit, how they are asked, and the judge of what comes out."""

    pipeline: Pipeline
    editor: Editor
    predictor: TaskPredictor
    tokenizer: Tokenizer
    how: Sampling
    guidance: float | None = None
    """How much the instruction weighs; None: what its task needs (`TASK_GUIDANCE`), else `how.text`."""
    judge: Judge | None = None
    is_told: bool = False
    """The editor is told the true edit in place of what the predictor reads: its own share of the errors."""

    def edit(
        self, source: Tensor, text: str, times: tuple[float, ...], seed: int, told: Edit
    ) -> Tensor:
        """Latents [T, 3, 64, 64] edited as told; unchanged where the instruction is not understood."""
        edit = told if self.is_told else read(self.predictor, self.tokenizer, [text])[0].edit
        if edit.task not in DRAWN_TASKS:
            return source
        words, moments = tell(self.tokenizer, [text], [edit]), torch.tensor([times])
        needed = TASK_GUIDANCE.get(edit.task, self.how.text)
        how = replace(self.how, text=needed if self.guidance is None else self.guidance)
        made = sample_edits(self.editor, source[None], words, moments, how=how, seeds=[seed])
        return made[0]

    def decode(self, latents: Tensor) -> Pixels:
        """Pictures uint8 [T, 512, 512, 3]."""
        return to_pixels(self.pipeline.decode(latents))


def load_editing(
    pipeline: Pipeline,
    folder: Path,
    how: Sampling,
    *,
    guidance: float | None,
    judge: Judge | None,
    is_told: bool,
) -> Editing:
    """Reads what edits back from a model folder."""
    family = load_edit_family(folder)
    if family.editor is None or family.text_encoder is None:
        raise SystemExit(f"{folder} holds no editor")
    editor = Editor(family.text_encoder, family.editor)
    editor = editor.to(memory_format=torch.channels_last).eval()
    tokenizer = load_tokenizer(folder / "editor_tokenizer")
    return Editing(pipeline, editor, family.predictor, tokenizer, how, guidance, judge, is_told)
