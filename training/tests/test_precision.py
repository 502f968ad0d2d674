"""float16 and int8 inside, float32 at the ports: the exporter's precisions on committed graphs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from training.export.from_diffusers.precision import halve_folder, quantize_folder
from training.paths import REPOSITORY

MODELS = REPOSITORY / "packages/testing/fixtures/models"
SIZES = {"height": 8, "width": 12, "sequence_length": 77}


def run(graph: Path) -> tuple[list[str], np.ndarray]:
    """Dtypes of the inputs, and the first output on fixed inputs."""
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    random, feeds = np.random.default_rng(0), {}
    for port in session.get_inputs():
        shape = [axis if isinstance(axis, int) else SIZES.get(axis, 2) for axis in port.shape]
        if "int" in port.type:
            feeds[port.name] = random.integers(0, 130, shape)
        else:
            feeds[port.name] = random.standard_normal(shape).astype(np.float32)
    return [port.type for port in session.get_inputs()], session.run(None, feeds)[0]


def weight_bytes(graph: Path) -> int:
    """Size of a graph's initializers; at toy width the nodes around them weigh more."""
    return sum(len(tensor.raw_data) for tensor in onnx.load(graph).graph.initializer)


@pytest.mark.parametrize(
    ("convert", "name", "limit"),
    [
        (halve_folder, "tiny-sd", 2e-3),
        (halve_folder, "tiny-sd3", 2e-3),
        (quantize_folder, "tiny-sd", 0.1),
    ],
)
def test_only_the_inside_changes(
    tmp_path: Path, convert: Callable[[Path], list[str]], name: str, limit: float
) -> None:
    copy = tmp_path / name
    shutil.copytree(MODELS / name, copy)
    changed = convert(copy)
    unchanged = {"vae_encoder", "vae_decoder"} | (
        {"text_encoder_3"} if convert is halve_folder else set()
    )
    assert changed and not unchanged & set(changed)
    for graph in sorted(copy.glob("*/model.onnx")):
        before = MODELS / name / graph.relative_to(copy)
        assert (graph.read_bytes() == before.read_bytes()) == (graph.parent.name in unchanged)
        if graph.parent.name in changed:
            (types, expected), (found_types, found) = run(before), run(graph)
            assert found_types == types and found.dtype == np.float32
            assert weight_bytes(graph) < weight_bytes(before)
            difference = np.abs(found - expected).max() / max(1, np.abs(expected).max())
            assert 0 < difference < limit
