"""The networks that edit: what they begin as, that their graphs compute the same, and thresholding."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from training.config import TINY
from training.edit_world.tasks import DRAWN_TASKS, EDIT_DOMAINS, HEADS, TASK_NAMES, VALUES, Edit
from training.evaluate.threshold import box_sums, keep_unchanged
from training.export.components import Component
from training.export.editor import add_editor, tiny_edit_family
from training.export.editor_components import EditFamily, editor_components
from training.export.editor_load import load_edit_family
from training.export.editor_sizes import editor_config
from training.models.editor import EditorUNet
from training.models.task_predictor import TaskPredictor, TaskPredictorConfig
from training.models.unet import UNet
from training.tokenizer import Tokenizer, load_tokenizer
from training.train.edit import Sampling, edit_row, new_editor, sample_edits, tell
from training.train.task_predictor import read

TOKENIZER = Tokenizer(
    ["make", "the", "dog", "blue", "fai", "nevicare", "rendi", "il", "cane", "blu"]
)
TOLERANCE = 2e-4
TIMES = torch.arange(3)[None].expand(2, -1) / 4


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EditFamily, Path]]:
    folder = tmp_path_factory.mktemp("models") / "edits"
    folder.mkdir()
    (folder / "model_index.json").write_text('{"_class_name": "KinoraVideoPipeline"}')
    family = tiny_edit_family(TOKENIZER)
    add_editor(folder, family, TOKENIZER, "first")
    yield family, folder


def test_the_editor_begins_between_the_keyframe_network_and_the_source() -> None:
    torch.manual_seed(1)
    editor = EditorUNet(editor_config(TINY)).eval()
    keyframes = UNet(editor_config(TINY)).eval()
    torch.nn.init.normal_(keyframes.conv_out.weight)
    missing, unexpected = editor.load_state_dict(keyframes.state_dict(), strict=False)
    assert missing and not unexpected
    torch.nn.init.zeros_(editor.task_embedding.weight)
    torch.nn.init.zeros_(editor.value_embedding.weight)
    noisy, source = torch.randn(2, 3, 3, 64, 64), torch.rand(2, 3, 3, 64, 64)
    timestep, text = torch.rand(2) * 1000, torch.randn(2, 32, 8)
    out = editor(noisy, timestep, text, source, torch.ones(2, 2, dtype=torch.int64), TIMES)
    assert out.shape == noisy.shape
    drawn = keyframes(noisy[:, 1], timestep, text)
    assert torch.allclose(out[:, 1], (drawn + source[:, 1]) / 2, atol=1e-5)


def run_onnx(component: Component, folder: Path, batch: int) -> list[np.ndarray]:
    path = folder / component.folder / "model.onnx"
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {port.name: tensor.numpy() for port, tensor in component.example_inputs(batch).items()}
    return session.run(None, feeds)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_onnx_runtime_agrees_with_torch(exported: tuple[EditFamily, Path], batch: int) -> None:
    _, folder = exported
    for component in editor_components(load_edit_family(folder), "first"):
        with torch.no_grad():
            expected = component.module.eval()(*component.example_inputs(batch).values())
        wanted = expected if isinstance(expected, tuple) else (expected,)
        got = run_onnx(component, folder, batch)
        assert len(got) == len(wanted) == len(component.outputs)
        for a, b in zip(got, wanted, strict=True):
            assert a.shape == tuple(b.shape) and np.abs(a - b.numpy()).max() <= TOLERANCE, (
                component.folder
            )


def test_the_folder_says_what_a_service_must_know(exported: tuple[EditFamily, Path]) -> None:
    _, folder = exported
    config = json.loads((folder / "task_predictor/config.json").read_text())
    assert [task["name"] for task in config["tasks"]] == list(TASK_NAMES)
    assert list(config["outputs"]) == ["task_logits", *(f"{head}_logits" for head in HEADS)]
    assert {h: tuple(v) for h, v in config["heads"].items()} == HEADS
    for task in config["tasks"]:
        if "head" in task:
            assert set(task["supported"]) <= set(HEADS[task["head"]])
    editor = json.loads((folder / "editor/config.json").read_text())
    assert editor["tasks"] == [None, *DRAWN_TASKS] and editor["values"] == [None, *VALUES]
    row = edit_row(Edit("recolour", "blue"))
    assert editor["tasks"][row[0]] == "recolour" and editor["values"][row[1]] == "colour/blue"
    index = json.loads((folder / "model_index.json").read_text())
    assert {"task_predictor", "editor", "editor_text_encoder", "editor_tokenizer"} <= set(index)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert "editor/model.onnx" in manifest["files"]
    assert load_tokenizer(folder / "editor_tokenizer").words == TOKENIZER.words


def test_a_family_may_have_the_predictor_alone(tmp_path: Path) -> None:
    family = EditFamily(tiny_edit_family(TOKENIZER).predictor)
    add_editor(tmp_path, family, TOKENIZER, "full")
    assert not (tmp_path / "editor").exists()
    assert load_edit_family(tmp_path).editor is None


def test_readings_below_the_threshold_are_not_understood() -> None:
    model = TaskPredictor(TaskPredictorConfig(len(TOKENIZER), TASK_NAMES, HEADS)).eval()
    certain, doubtful = (read(model, TOKENIZER, ["make the dog blue"], t)[0] for t in (0.0, 1.01))
    assert doubtful.edit.task == "not_understood"
    assert certain.confidence == doubtful.confidence


def test_padding_does_not_change_a_reading() -> None:
    model = TaskPredictor(TaskPredictorConfig(len(TOKENIZER), TASK_NAMES, HEADS)).eval()
    ids = torch.tensor([TOKENIZER.encode("make the dog blue")])
    assert torch.allclose(model(ids), model(ids[:, :6]), atol=1e-5)


def test_sampling_at_guidance_one_evaluates_once_and_clips_share_noise() -> None:
    torch.manual_seed(2)
    model = new_editor(TINY, len(TOKENIZER)).eval()
    torch.nn.init.normal_(model.unet.conv_out.weight, std=0.1)
    source = torch.rand(1, 1, 3, 64, 64).expand(-1, 3, -1, -1, -1).contiguous()
    told = tell(TOKENIZER, ["make the dog blue"], [Edit("recolour", "blue")])
    calls = []
    model.unet.register_forward_hook(lambda *_: calls.append(1))
    made = sample_edits(model, source, told, TIMES[:1] * 0, how=Sampling(steps=2))
    assert made.shape == source.shape and len(calls) == 2
    assert torch.allclose(made[:, 0], made[:, 2], atol=1e-5)
    # The second step is at noise level 0.5, below which nothing is guided.
    sample_edits(model, source, told, TIMES[:1], how=Sampling(2, text=2.0, image=1.5))
    assert len(calls) == 2 + 3 + 1
    everywhere = Sampling(2, text=2.0, image=1.5, guided_above=0.0)
    sample_edits(model, source, told, TIMES[:1], how=everywhere)
    assert len(calls) == 6 + 6


def test_thresholding_keeps_the_bytes_of_what_hardly_changed() -> None:
    rng = np.random.default_rng(0)
    source = rng.integers(0, 256, (64, 64, 3), np.uint8)
    seen = np.clip(source.astype(int) + rng.integers(-30, 31, source.shape), 0, 255).astype(
        np.uint8
    )
    edited = seen.copy()
    edited[20:40, 20:40] = 255 - edited[20:40, 20:40]
    made = keep_unchanged(source, edited, seen)
    assert np.array_equal(made[:12], source[:12]) and np.array_equal(made[:, 52:], source[:, 52:])
    assert np.array_equal(made[24:36, 24:36], edited[24:36, 24:36])


def test_box_sums_repeat_the_edges() -> None:
    values = np.arange(12, dtype=np.int64).reshape(3, 4)
    padded = np.pad(values, 1, mode="edge")
    wanted = sum(padded[y : y + 3, x : x + 4] for y in range(3) for x in range(3))
    assert np.array_equal(box_sums(values, 3), wanted)


def test_every_domain_supports_something_of_every_drawn_task() -> None:
    from training.export.editor_components import describe_tasks

    for domain in EDIT_DOMAINS:
        for task in describe_tasks(domain):
            assert "supported" not in task or task["supported"], task
