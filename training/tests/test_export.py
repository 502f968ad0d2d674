"""Exported graphs: what ONNX Runtime computes from the written file is what torch computes."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from training.config import TINY
from training.export.components import Component, Family, components
from training.export.folder import write_folder
from training.export.load import load_family, read_config
from training.export.pocket import POCKET_FOLDER, enliven, tiny_family
from training.export.sizes import family_config
from training.tokenizer import Tokenizer
from training.world.attributes import FIRST_DOMAIN

TOKENIZER = Tokenizer(["un", "cane", "che", "corre", "su", "una", "collinetta", "erbosa"])
TOLERANCE = 2e-4
POCKET_TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Family, Path]]:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    family = tiny_family(TOKENIZER)
    write_folder(family, TOKENIZER, FIRST_DOMAIN, folder)
    yield family, folder


def run_onnx(component: Component, folder: Path, batch: int) -> np.ndarray:
    path = folder / component.folder / "model.onnx"
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {port.name: tensor.numpy() for port, tensor in component.example_inputs(batch).items()}
    return session.run(None, feeds)[0]


def test_a_student_takes_the_guidance_scale_as_an_input(tmp_path: Path) -> None:
    family = family_config(TINY, len(TOKENIZER), distilled_steps=4).build()
    for module in vars(family).values():
        enliven(module)
    write_folder(family, TOKENIZER, FIRST_DOMAIN, tmp_path / "student")
    settings = json.loads((tmp_path / "student/kinora.json").read_text())["t2i"]
    assert settings["guidance"] == "embedded" and settings["num_inference_steps"]["default"] == 4
    assert read_config(tmp_path / "student").unet.distilled_steps == 4
    halved = load_family(read_config(tmp_path / "student"), tmp_path / "student")
    unet = next(part for part in components(halved) if part.folder == "unet")
    assert [port.name for port in unet.inputs][-1] == "timestep_cond"
    with torch.no_grad():
        expected = unet.module.eval()(*unet.example_inputs(2).values()).numpy()
    assert np.abs(run_onnx(unet, tmp_path / "student", 2) - expected).max() <= TOLERANCE


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_onnx_runtime_agrees_with_torch(exported: tuple[Family, Path], batch: int) -> None:
    family, folder = exported
    halved = load_family(family_config(TINY, len(TOKENIZER)), folder)
    for component in components(halved):
        with torch.no_grad():
            expected = component.module.eval()(*component.example_inputs(batch).values()).numpy()
        got = run_onnx(component, folder, batch)
        assert got.shape == expected.shape and got.dtype == expected.dtype
        limit = 1 if got.dtype == np.uint8 else TOLERANCE
        assert np.abs(got.astype(np.float32) - expected.astype(np.float32)).max() <= limit, (
            component.folder
        )


def test_the_committed_family_agrees_with_torch() -> None:
    halved = load_family(read_config(POCKET_FOLDER), POCKET_FOLDER)
    for component in components(halved):
        with torch.no_grad():
            expected = component.module.eval()(*component.example_inputs(1).values()).numpy()
        difference = run_onnx(component, POCKET_FOLDER, 1).astype(np.float32) - expected.astype(
            np.float32
        )
        limit = 1 if component.folder == "vae_decoder" else POCKET_TOLERANCE
        assert np.abs(difference).max() <= limit, component.folder


def test_training_can_start_from_the_folder(exported: tuple[Family, Path]) -> None:
    family, folder = exported
    loaded = load_family(family_config(TINY, len(TOKENIZER)), folder)
    for name, module in vars(family).items():
        for key, tensor in module.state_dict().items():
            assert torch.allclose(
                tensor, getattr(loaded, name).state_dict()[key], rtol=1e-3, atol=1e-6
            ), (name, key)


def test_the_manifest_lists_every_file(exported: tuple[Family, Path]) -> None:
    _, folder = exported
    manifest = json.loads((folder / "manifest.json").read_text())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == found - {"manifest.json"}
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
    lines = "".join(
        sorted(f"{name} {entry['sha256']}\n" for name, entry in manifest["files"].items())
    )
    assert hashlib.sha256(lines.encode()).hexdigest() == manifest["digest"]
