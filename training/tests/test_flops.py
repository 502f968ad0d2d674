"""The counter of operations against graphs counted by hand, and the committed counts against models/pocket."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from training.evaluate.flops import count_flop
from training.evaluate.pipeline import DEFAULT_FOLDER
from training.evaluate.speed import giga_flop
from training.export.components import components
from training.export.load import load_family, read_config
from training.paths import REPOSITORY


def weight(name: str, *shape: int) -> TensorProto:
    """A weight of zeros."""
    return helper.make_tensor(name, TensorProto.FLOAT, shape, np.zeros(shape).ravel())


GRAPHS = {
    "conv": (("Conv", {"pads": [1, 1, 1, 1], "strides": [2, 2]}), (6, 4, 3, 3), (2, 4, 8, 10)),
    "grouped": (("Conv", {"group": 2}), (6, 2, 1, 1), (1, 4, 8, 8)),
    "transposed": (("ConvTranspose", {"strides": [2, 2]}), (4, 6, 2, 2), (1, 4, 5, 5)),
    "matmul": (("MatMul", {}), (7, 5), (3, 2, 7)),
    "gemm": (("Gemm", {"transA": 1}), (7, 5), (7, 3)),
}
EXPECTED = {
    "conv": 2 * (2 * 6 * 4 * 5) * (4 * 3 * 3),
    "grouped": 2 * (6 * 8 * 8) * 2,
    "transposed": 2 * (4 * 5 * 5) * (6 * 2 * 2),
    "matmul": 2 * (3 * 2 * 5) * 7,
    "gemm": 2 * (3 * 5) * 7,
}


@pytest.mark.parametrize("name", GRAPHS)
def test_counts_products(name: str, tmp_path: Path) -> None:
    """Each operator as its definition says; what comes before and after it does not count."""
    (operator, attributes), weights, shape = GRAPHS[name]
    nodes = [
        helper.make_node("Sigmoid", ["x"], ["s"]),
        helper.make_node(operator, ["s", "w"], ["p"], **attributes),
        helper.make_node("Relu", ["p"], ["y"]),
    ]
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None] * len(shape))
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, name, [value], [result], [weight("w", *weights)])
    path = tmp_path / "model.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    assert count_flop(path, {"x": np.zeros(shape, np.float32)}) == EXPECTED[name]


def test_committed_counts_are_those_of_the_models() -> None:
    """scripts/bench-gflop.json is what `python -m training.evaluate.speed --flops-only` prints."""
    committed = json.loads((REPOSITORY / "scripts/bench-gflop.json").read_text())
    listed = components(load_family(read_config(DEFAULT_FOLDER), DEFAULT_FOLDER))
    assert committed.keys() == {part.folder for part in listed}
    for part in listed:
        assert giga_flop(DEFAULT_FOLDER, part) == pytest.approx(committed[part.folder], abs=1e-6)
