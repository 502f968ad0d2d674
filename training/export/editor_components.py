"""The graphs that edit: task predictor, the editor's text encoder and the editor."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from training.edit_world.tasks import (
    BY_NAME,
    DRAWN_TASKS,
    EDIT_DOMAINS,
    NOT_UNDERSTOOD,
    TASKS,
    VALUES,
    values_in,
)
from training.export.components import BATCH, TOKENS, Component
from training.export.graph import Port
from training.models.editor import EditorUNet
from training.models.task_predictor import TaskPredictor
from training.models.text_encoder import TextEncoder
from training.train.edit import GUIDED_ABOVE, TASK_GUIDANCE
from training.train.task_predictor import THRESHOLD

FRAMES = "frames"
PICTURE = (3, 64, 64)
ALPHA, LOW_PASS = 0.03, 9
"""Emu Edit's thresholding between turns (arXiv 2311.10089): pixels that changed less than this are kept."""

GUIDANCE = {"guidance_scale": 1.0, "image_guidance_scale": 1.0, "num_inference_steps": 8}


@dataclass(frozen=True)
class EditFamily:
    """The networks that edit. A family may have the predictor alone, and then only edits of time are served."""

    predictor: TaskPredictor
    text_encoder: TextEncoder | None = None
    editor: EditorUNet | None = None


class PredictorGraph(nn.Module):
    """The exported predictor: one output of logits for the task and for every parameter."""

    def __init__(self, predictor: TaskPredictor) -> None:
        super().__init__()
        self.predictor = predictor

    def forward(self, input_ids: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.predictor.split(self.predictor(input_ids)).values())


class EditComponent(Component):
    """A component whose example inputs follow the editor's ports."""

    def example_inputs(self, batch: int = 2) -> dict[Port, Tensor]:
        """Reproducible plausible inputs; `batch` is the number of frames of the editor's only clip."""
        generator = torch.Generator().manual_seed(7)

        def draw(port: Port) -> Tensor:
            shape = [batch if isinstance(size, str) else size for size in port.shape]
            special: dict[str, Callable[[], Tensor]] = {
                "input_ids": lambda: torch.randint(0, 8, shape, generator=generator),
                "timestep": lambda: torch.rand(shape, generator=generator) * 1000,
                "edit_ids": lambda: torch.randint(1, 4, shape, generator=generator),
                "frame_times": lambda: (torch.arange(batch) / 4)[None],
            }
            return special.get(port.name, lambda: torch.randn(shape, generator=generator))()

        return {port: draw(port) for port in self.inputs}


def describe_tasks(domain: str) -> list[dict[str, Any]]:
    """Every task in the order of `task_logits`: its parameter's head, who does it, and what this family can show."""
    listed = []
    for task in TASKS:
        entry: dict[str, Any] = {
            "name": task.name,
            "clip_only": task.clip_only,
            "drawn": task.drawn,
        }
        if task.head:
            entry |= {
                "head": task.head,
                "supported": list(values_in(task.name, EDIT_DOMAINS[domain])),
            }
        listed.append(entry)
    return listed


def predictor_component(predictor: TaskPredictor, domain: str) -> Component:
    """The graph behind Interpret."""
    config, names = predictor.config, ["task", *predictor.config.heads]
    return EditComponent(
        "task_predictor",
        PredictorGraph(predictor),
        (Port("input_ids", (BATCH, TOKENS), "int64"),),
        tuple(
            Port(f"{name}_logits", (BATCH, size))
            for name, size in zip(names, predictor.sizes, strict=True)
        ),
        asdict(config)
        | {
            "tasks": describe_tasks(domain),
            "not_understood": NOT_UNDERSTOOD,
            "threshold": THRESHOLD,
            "tokenizer": "editor_tokenizer",
        },
    )


def editor_components(family: EditFamily, domain: str) -> list[Component]:
    """Every graph of a family that edits, in the order an edit needs them."""
    listed = [predictor_component(family.predictor, domain)]
    if family.editor is None or family.text_encoder is None:
        return listed
    width = family.text_encoder.config.hidden_size
    listed.append(
        EditComponent(
            "editor_text_encoder",
            family.text_encoder,
            (Port("input_ids", (BATCH, TOKENS), "int64"),),
            (Port("last_hidden_state", (BATCH, TOKENS, width)),),
            asdict(family.text_encoder.config) | {"tokenizer": "editor_tokenizer"},
        )
    )
    listed.append(
        EditComponent(
            "editor",
            family.editor,
            (
                Port("sample", (1, FRAMES, *PICTURE)),
                Port("timestep", (1,)),
                Port("encoder_hidden_states", (1, TOKENS, width)),
                Port("image_latents", (1, FRAMES, *PICTURE)),
                Port("edit_ids", (1, 2), "int64"),
                Port("frame_times", (1, FRAMES)),
            ),
            (Port("out_sample", (1, FRAMES, *PICTURE)),),
            asdict(family.editor.config)
            | {
                "prediction_type": "sample",
                "tasks": [None, *DRAWN_TASKS],
                "values": [None, *VALUES],
                "clip_only": [name for name in DRAWN_TASKS if BY_NAME[name].clip_only],
                "shared_noise": True,
                "defaults": GUIDANCE,
                "task_guidance": TASK_GUIDANCE,
                "guided_above": GUIDED_ABOVE,
                "thresholding": {"alpha": ALPHA, "low_pass": LOW_PASS},
            },
        )
    )
    return listed
