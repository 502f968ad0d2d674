"""Examines the task predictor on wordings never trained on: `python -m training.evaluate.instructions [--run NAME]`.

Accuracy of task and parameter per task and language on held-out wordings, the share of 200 valid instructions that is
refused, and the share of the held-out foreign instructions that is.
"""

import argparse
from pathlib import Path

import torch

from training.edit_world.grammar import LANGUAGES, Split
from training.edit_world.instructions import Instruction, edit_tokenizer, foreign_exam, valid_exam
from training.edit_world.tasks import NOT_UNDERSTOOD, TASK_NAMES
from training.evaluate.pipeline import DEFAULT_FOLDER
from training.export.editor_load import load_edit_family
from training.models.task_predictor import TaskPredictor
from training.tokenizer import Tokenizer, load_tokenizer
from training.train.task_predictor import THRESHOLD, Reading, load_predictor, read, right

EXAM_SEED, SMALL_EXAM = 777, 200


def examine(
    model: TaskPredictor, tokenizer: Tokenizer, exam: list[Instruction], threshold: float
) -> list[Reading]:
    """What is read in each instruction of an exam."""
    texts = [instruction.text for instruction in exam]
    return [
        reading
        for start in range(0, len(texts), 100)
        for reading in read(model, tokenizer, texts[start : start + 100], threshold)
    ]


def refused(readings: list[Reading]) -> float:
    """The share that is not understood."""
    return sum(reading.edit.task == NOT_UNDERSTOOD for reading in readings) / len(readings)


def per_task(exam: list[Instruction], readings: list[Reading]) -> list[str]:
    """A line per task: task and whole edit right, by language."""
    rows = []
    for task in TASK_NAMES:
        scores = []
        for language in LANGUAGES:
            chosen = [
                (i, r)
                for i, r in zip(exam, readings, strict=True)
                if i.edit.task == task and i.language == language
            ]
            if chosen:
                tasks, whole = right([i for i, _ in chosen], [r for _, r in chosen])
                scores.append(f"{language} task {100 * tasks:.1f} edit {100 * whole:.1f}")
        if scores:
            rows.append(f"  {task}: " + ", ".join(scores))
    return rows


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="a model folder")
    parser.add_argument("--run", help="a run of train.task_predictor, in place of a folder")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--count", type=int, default=2800, help="valid instructions per exam")
    parser.add_argument(
        "--development",
        action="store_true",
        help="on the lines of the training files that are not trained on: what to choose a threshold by",
    )
    parser.add_argument("--errors", action="store_true", help="print what is read wrongly")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    if arguments.run:
        model, tokenizer = load_predictor(arguments.run), edit_tokenizer(arguments.run)
    else:
        model = load_edit_family(arguments.folder).predictor
        tokenizer = load_tokenizer(arguments.folder / "editor_tokenizer")
    split: Split = "development" if arguments.development else "held_out"
    name = split.replace("_", "-")
    exam = valid_exam(arguments.count, EXAM_SEED, split)
    readings = examine(model, tokenizer, exam, arguments.threshold)
    for language in LANGUAGES:
        rows = [i for i, instruction in enumerate(exam) if instruction.language == language]
        tasks, whole = right([exam[i] for i in rows], [readings[i] for i in rows])
        print(f"{name} wordings, {language}: task {100 * tasks:.1f} %, edit {100 * whole:.1f} %")
    print("\n".join(per_task(exam, readings)))
    small = examine(
        model, tokenizer, valid_exam(SMALL_EXAM, EXAM_SEED + 1, split), arguments.threshold
    )
    print(f"{SMALL_EXAM} valid instructions: {100 * refused(small):.1f} % refused")
    foreign = foreign_exam(split)
    found = examine(model, tokenizer, foreign, arguments.threshold)
    print(f"{len(foreign)} {name} foreign instructions: {100 * refused(found):.1f} % refused")
    for language in LANGUAGES:
        part = [r for i, r in zip(foreign, found, strict=True) if i.language == language]
        print(f"  {language}: {100 * refused(part):.1f} % of {len(part)}")
    if arguments.errors:
        for instruction, reading in zip([*exam, *foreign], [*readings, *found], strict=True):
            if instruction.edit != reading.edit:
                print(f"{instruction.text!r}: {instruction.edit} read as {reading}")


if __name__ == "__main__":
    main()
