"""Trains the task predictor: `python -m training.train.task_predictor --minutes 4 --finish 4`.

It reads instructions of the grammar, needs no pictures and no other run, and knows no held-out wording.
"""

import random
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from training.config import PRESETS
from training.edit_world.instructions import (
    Instruction,
    draw_instruction,
    edit_tokenizer,
    foreign_exam,
    valid_exam,
)
from training.edit_world.tasks import BY_NAME, HEADS, NOT_UNDERSTOOD, TASK_NAMES, Edit
from training.models.task_predictor import TaskPredictor, TaskPredictorConfig
from training.tokenizer import PAD_ID, Tokenizer
from training.train.options import begin, schedule_of, training_arguments
from training.train.session import Every, Session, best_weights

BATCH, PART = 96, 48
"""Instructions per step; those of a part are about as long as each other, so that little padding is computed."""

THRESHOLD = 0.5
"""An instruction is understood when task and parameter together are at least this likely."""

REPORT_MINUTES = 2.0
SMOOTHING = 0.02


@dataclass(frozen=True)
class Reading:
    """What the predictor reads in an instruction; the edit is `not_understood` below the threshold."""

    edit: Edit
    confidence: float


def predictor_config(tokenizer: Tokenizer) -> TaskPredictorConfig:
    """The predictor of the whole world: parameters are never narrower than what may be asked for."""
    return TaskPredictorConfig(len(tokenizer), TASK_NAMES, HEADS)


def load_predictor(name: str = "task-predictor") -> TaskPredictor:
    """A run's best weights, ready to read."""
    model = TaskPredictor(predictor_config(edit_tokenizer(name)))
    model.load_state_dict(best_weights(name))
    return model.eval()


def encode(tokenizer: Tokenizer, instructions: list[Instruction]) -> Tensor:
    """Word ids, cut to the longest of the batch, int64 [B, L]."""
    ids = torch.tensor([tokenizer.encode(instruction.text) for instruction in instructions])
    return ids[:, : int((ids != PAD_ID).sum(1).max())]


def loss_of(model: TaskPredictor, logits: Tensor, instructions: list[Instruction]) -> Tensor:
    """Cross entropy of the task, and of the parameter of the task's own head."""
    parts, edits = model.split(logits), [instruction.edit for instruction in instructions]
    tasks = torch.tensor([TASK_NAMES.index(edit.task) for edit in edits])
    total = F.cross_entropy(parts["task"], tasks, label_smoothing=SMOOTHING)
    for head, values in HEADS.items():
        rows = [i for i, edit in enumerate(edits) if BY_NAME[edit.task].head == head]
        if rows:
            wanted = torch.tensor([values.index(edits[i].value or "") for i in rows])
            error = F.cross_entropy(parts[head][rows], wanted, label_smoothing=SMOOTHING)
            total = total + error * len(rows) / len(edits) * 2
    return total


@torch.no_grad()
def read(
    model: TaskPredictor, tokenizer: Tokenizer, texts: list[str], threshold: float = THRESHOLD
) -> list[Reading]:
    """What each text asks for: the formula that the edit service applies to the graph's logits."""
    ids = torch.tensor([tokenizer.encode(text) for text in texts])
    parts = {name: logits.softmax(1) for name, logits in model.split(model(ids)).items()}
    readings = []
    for row in range(len(texts)):
        task_p, index = parts["task"][row].max(0)
        task, confidence, value = BY_NAME[TASK_NAMES[int(index)]], float(task_p), None
        if task.head:
            value_p, value_index = parts[task.head][row].max(0)
            value, confidence = HEADS[task.head][int(value_index)], confidence * float(value_p)
        understood = task.name != NOT_UNDERSTOOD and confidence >= threshold
        readings.append(
            Reading(Edit(task.name, value) if understood else Edit(NOT_UNDERSTOOD), confidence)
        )
    return readings


def right(instructions: list[Instruction], readings: list[Reading]) -> tuple[float, float]:
    """The share with the right task, and with the right parameter too."""
    pairs = [(i.edit, r.edit) for i, r in zip(instructions, readings, strict=True)]
    tasks = sum(a.task == b.task for a, b in pairs) / len(pairs)
    return tasks, sum(a == b for a, b in pairs) / len(pairs)


def report(session: Session, model: TaskPredictor, tokenizer: Tokenizer) -> None:
    """Logs accuracies on wordings of development: the held-out ones are for evaluate.instructions alone."""
    with session.averaged():
        for name, exam in (
            ("valid", valid_exam(600, 5, "development")),
            ("foreign", foreign_exam("development")),
        ):
            found = read(model, tokenizer, [instruction.text for instruction in exam])
            tasks, whole = right(exam, found)
            session.say(
                f"development wordings, {name}: task {100 * tasks:.1f} % edit {100 * whole:.1f} %"
            )


def main(argv: list[str] | None = None) -> None:
    arguments = training_arguments(__doc__, "task-predictor").parse_args(argv)
    if arguments.preset == "auto":
        arguments.preset = "cpu"  # too small to gain from an accelerator
    preset = begin(arguments)
    assert preset in PRESETS.values()
    tokenizer = edit_tokenizer(arguments.name)
    model = TaskPredictor(predictor_config(tokenizer))
    schedule = schedule_of(arguments, 3e-3, ema_decay=0.99)
    session = Session(arguments.name, model, preset, schedule)
    session.say_size(f", {len(tokenizer)} words")
    reports = Every(REPORT_MINUTES)
    for step in session.run():
        rng = random.Random(step * 6271 + 11)
        batch = [draw_instruction(rng) for _ in range(BATCH)]
        batch.sort(key=lambda instruction: len(instruction.text))
        parts = [batch[start : start + PART] for start in range(0, BATCH, PART)]
        logits = torch.cat([model(encode(tokenizer, part)) for part in parts])
        session.step(loss_of(model, logits, batch), len(batch))
        reports.do(report, session, model, tokenizer)
    report(session, model, tokenizer)


if __name__ == "__main__":
    main()
