"""Adds what edits to a model folder: `python -m training.export.editor --out FOLDER [--edit RUN] [--predictor-only]`.

`--copy FOLDER` takes it from an exported folder, as it is, instead of from runs.

Into a folder that is a model already, such as models/pocket, it adds its components, lists them in model_index.json and
writes manifest.json anew; into any other it writes its components alone.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch

from training.config import CPU, PRESETS, TINY, Preset
from training.edit_world.instructions import edit_tokenizer, edit_words
from training.edit_world.tasks import EDIT_DOMAINS, HEADS, TASK_NAMES
from training.export.editor_components import EditFamily, editor_components
from training.export.editor_sizes import editor_config
from training.export.folder import LIBRARIES
from training.export.manifest import write_manifest
from training.export.pocket import enliven
from training.export.sizes import text_config
from training.models.editor import EditorUNet
from training.models.task_predictor import TaskPredictor, TaskPredictorConfig
from training.models.text_encoder import TextEncoder
from training.tokenizer import Tokenizer
from training.train.edit import load_editor
from training.train.task_predictor import load_predictor

EDITOR_PARTS = ("editor_tokenizer", "task_predictor", "editor_text_encoder", "editor")


def add_editor(folder: Path, family: EditFamily, tokenizer: Tokenizer, domain: str) -> str:
    """Writes the components into a folder and returns its digest."""
    listed = editor_components(family, domain)
    for component in listed:
        component.write(folder)
    tokenizer.save(folder / "editor_tokenizer")
    entries = {c.folder: ["kinora", type(c.module).__name__] for c in listed}
    return list_parts(folder, {"editor_tokenizer": LIBRARIES["tokenizer"]} | entries)


def list_parts(folder: Path, entries: dict[str, list[str]]) -> str:
    """Adds entries to model_index.json, where the folder is a model, and writes manifest.json anew."""
    index_path = folder / "model_index.json"
    if index_path.exists():
        index: dict[str, Any] = json.loads(index_path.read_text())
        text = json.dumps(index | entries, indent=2, ensure_ascii=False) + "\n"
        index_path.write_text(text, encoding="utf-8")
    return write_manifest(folder)


def copy_editor(source: Path, folder: Path) -> str:
    """Copies what edits from one exported folder into another and returns that one's digest."""
    index = json.loads((source / "model_index.json").read_text())
    entries = {part: index[part] for part in EDITOR_PARTS if part in index}
    for part in entries:
        shutil.copytree(source / part, folder / part, dirs_exist_ok=True)
    return list_parts(folder, entries)


def tiny_edit_family(tokenizer: Tokenizer) -> EditFamily:
    """Networks of the same classes at toy width with random weights, for the services' tests."""
    torch.manual_seed(3)
    config = TaskPredictorConfig(
        len(tokenizer), TASK_NAMES, HEADS, hidden_size=8, num_hidden_layers=1, num_attention_heads=2
    )
    family = EditFamily(
        TaskPredictor(config),
        TextEncoder(text_config(TINY, len(tokenizer))),
        EditorUNet(editor_config(TINY)),
    )
    for module in vars(family).values():
        enliven(module)
    return family


def trained_edit_family(preset: Preset, edit_run: str | None, predictor_run: str) -> EditFamily:
    """The best weights of the runs; without an editor's run the predictor alone."""
    predictor = load_predictor(predictor_run)
    if edit_run is None:
        return EditFamily(predictor)
    if edit_tokenizer(edit_run).words != edit_tokenizer(predictor_run).words:
        raise SystemExit(f"{edit_run} and {predictor_run} were trained with different words")
    editor = load_editor(edit_run, preset)
    return EditFamily(predictor, editor.text_encoder, editor.unet)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tiny", action="store_true", help="toy width, random weights")
    parser.add_argument("--preset", choices=sorted(PRESETS), default=CPU.name)
    parser.add_argument("--domain", choices=sorted(EDIT_DOMAINS), default="first")
    parser.add_argument("--edit", default="edit", help="the editor's run")
    parser.add_argument("--task-predictor", default="task-predictor", help="the predictor's run")
    parser.add_argument("--predictor-only", action="store_true")
    parser.add_argument("--copy", type=Path, help="the exported folder to take it from")
    arguments = parser.parse_args(argv)
    run = None if arguments.predictor_only else arguments.edit
    if arguments.copy:
        digest = copy_editor(arguments.copy, arguments.out)
    elif arguments.tiny:
        tokenizer = Tokenizer(edit_words())
        digest = add_editor(arguments.out, tiny_edit_family(tokenizer), tokenizer, arguments.domain)
    else:
        tokenizer = edit_tokenizer(arguments.task_predictor)
        family = trained_edit_family(PRESETS[arguments.preset], run, arguments.task_predictor)
        digest = add_editor(arguments.out, family, tokenizer, arguments.domain)
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    print(f"{arguments.out}: {size / 1e6:.2f} MB, digest {digest}")


if __name__ == "__main__":
    main()
