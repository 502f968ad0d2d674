"""What of the exporter runs without diffusers, and the shape of the committed goldens."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from training.export.from_diffusers import graph_file
from training.export.from_diffusers.configs import forget_paths
from training.export.manifest import MANIFEST, main, write_manifest
from training.golden.pipelines.pictures import moving, recoloured, some_disc
from training.paths import REPOSITORY

FIXTURES = REPOSITORY / "packages/testing/fixtures"
GOLDENS = FIXTURES / "golden/pipelines"
MODELS = FIXTURES / "models"


def read_header(path: Path) -> dict[str, Any]:
    """Names, dtypes and shapes of a safetensors file."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    return header


def cases() -> list[Path]:
    return sorted(
        path for path in GOLDENS.rglob("*.json") if path.with_suffix(".safetensors").exists()
    )


def test_every_tensor_of_a_golden_has_a_tolerance() -> None:
    assert len(cases()) > 50
    for path in cases():
        described = json.loads(path.read_text())
        assert (
            described["tensors"].keys() == read_header(path.with_suffix(".safetensors")).keys()
        ), path
        assert not re.search(r"-?Infinity|NaN", path.read_text())


def test_goldens_have_the_shapes_of_their_requests() -> None:
    for path in cases():
        described = json.loads(path.read_text())
        header = read_header(path.with_suffix(".safetensors"))
        if "request" not in described or "images" not in header:
            continue
        request = described["request"]
        count = request.get("num_frames") or request["num_images"]
        assert header["images"]["shape"] == [count, request["height"], request["width"], 3], path
        assert header["latents"]["shape"][0] == header["timesteps"]["shape"][0], path
        assert (MODELS / described["pipeline"] / "model_index.json").exists()


@pytest.mark.parametrize("folder", sorted(MODELS.glob("tiny*")), ids=lambda folder: folder.name)
def test_fixture_folders_are_what_their_manifests_say(folder: Path, tmp_path: Path) -> None:
    before = (folder / MANIFEST).read_text()
    copy = tmp_path / folder.name
    for path in folder.rglob("*"):
        if path.is_file() and path.name != MANIFEST:
            (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(folder)).write_bytes(path.read_bytes())
    write_manifest(copy)
    assert (copy / MANIFEST).read_text() == before


def test_fixture_folders_tell_no_path() -> None:
    for path in MODELS.glob("tiny*/**/*.json"):
        assert "_name_or_path" not in path.read_text(), path


def test_manifest_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet/model.onnx").write_bytes(b"graph")
    main([str(tmp_path)])
    written = json.loads((tmp_path / MANIFEST).read_text())
    assert written["files"]["unet/model.onnx"]["bytes"] == 5
    assert written["digest"] in capsys.readouterr().out


def test_forget_paths_keeps_everything_else(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        '{"_name_or_path": "/home/me/sd", "lambda_min_clipped": -Infinity, "channels": 4}'
    )
    untouched = tmp_path / "vocab.json"
    untouched.write_text('{"a":0,"é":1}')
    forget_paths(tmp_path)
    assert json.loads(config.read_text()) == {"lambda_min_clipped": float("-inf"), "channels": 4}
    assert untouched.read_text() == '{"a":0,"é":1}'


def scaled(weights: np.ndarray) -> onnx.ModelProto:
    """x * weights."""
    size = list(weights.shape)
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node("Mul", ["x", "w"], ["y"])],
        "scaled",
        ports[:1],
        ports[1:],
        [numpy_helper.from_array(weights, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@pytest.mark.parametrize("limit", [1 << 30, 1024])
def test_large_weights_go_beside_the_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(graph_file, "INLINE_LIMIT", limit)
    weights = np.arange(1024, dtype=np.float32)
    target = tmp_path / graph_file.GRAPH
    with graph_file.save_graph(target) as path:
        onnx.save(scaled(weights), path)
    beside = tmp_path / graph_file.DATA
    assert beside.exists() == (limit == 1024)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        {target.name, *([beside.name] if beside.exists() else [])}
    )
    read = numpy_helper.to_array(onnx.load(target).graph.initializer[0])
    np.testing.assert_array_equal(read, weights)


def test_pictures_show_what_their_captions_say() -> None:
    chance = np.random.default_rng(0)
    disc = some_disc(chance)
    picture = disc.draw(48, 64)
    assert picture.shape == (3, 48, 64) and picture.abs().max() <= 1
    instruction, changed = recoloured(disc, chance)
    assert changed.colour in instruction and changed.colour not in (disc.colour, disc.sky)
    assert (changed.draw(48, 64) - picture).abs().max() > 0.3
    assert len({frame.x for frame in moving(disc, 4, chance)}) == 4
