"""The sizes of the networks that edit."""

from dataclasses import asdict

from training.config import Preset
from training.edit_world.tasks import DRAWN_TASKS, VALUES
from training.export.sizes import unet_config
from training.models.editor import EditorConfig


def editor_config(preset: Preset) -> EditorConfig:
    """The editor's sizes: the keyframe network's, from which it starts, and the whole world's tasks and values."""
    fields = asdict(unet_config(preset))
    return EditorConfig(**fields, num_tasks=len(DRAWN_TASKS), num_values=len(VALUES))
