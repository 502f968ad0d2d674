"""Reads what edits back from a model folder."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from torch import nn

from training.export.editor_components import EditFamily
from training.export.load import load_parameters
from training.models.editor import EditorConfig, EditorUNet
from training.models.task_predictor import TaskPredictor, TaskPredictorConfig
from training.models.text_encoder import TextEncoder, TextEncoderConfig


def load_edit_family(folder: Path) -> EditFamily:
    """The networks of a folder, with its weights; without an `editor/` the predictor alone."""
    predictor = TaskPredictor(_read(folder / "task_predictor", TaskPredictorConfig))
    load_parameters(predictor, folder / "task_predictor/model.onnx", "predictor.")
    if not (folder / "editor").exists():
        return EditFamily(predictor.eval())
    text_encoder = TextEncoder(_read(folder / "editor_text_encoder", TextEncoderConfig))
    editor = EditorUNet(_read(folder / "editor", EditorConfig))
    modules: dict[str, nn.Module] = {"editor_text_encoder": text_encoder, "editor": editor}
    for name, module in modules.items():
        load_parameters(module.eval(), folder / name / "model.onnx")
    return EditFamily(predictor.eval(), text_encoder, editor)


def _read(folder: Path, kind: type[Any]) -> Any:
    content = json.loads((folder / "config.json").read_text())
    if "heads" in content:
        content["heads"] = {name: tuple(values) for name, values in content["heads"].items()}
        content["tasks"] = tuple(task["name"] for task in content["tasks"])
    known = {field.name: content[field.name] for field in fields(kind)}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in known.items()})
