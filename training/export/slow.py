"""Writes a graph of a few kilobytes whose one run takes about two seconds: `python -m training.export.slow`.

Tests of the engine's event loop, deadlines and cancellation need a model that is slow and not large.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from training.paths import REPOSITORY

SIZE = 512
SLOW_GRAPH = REPOSITORY / "packages/testing/fixtures/slow.onnx"


def slow_graph(iterations: int) -> onnx.ModelProto:
    """x float32 [1] -> y float32 [1]: a Loop of matrix products that depend on x, so that nothing can be folded."""
    float1 = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["state", "state"], ["product"]),
            helper.make_node("Mul", ["product", "decay"], ["next"]),
            helper.make_node("Identity", ["going"], ["go_on"]),
        ],
        "body",
        [
            float1("iteration", TensorProto.INT64, []),
            float1("going", TensorProto.BOOL, []),
            float1("state", TensorProto.FLOAT, [SIZE, SIZE]),
        ],
        [float1("go_on", TensorProto.BOOL, []), float1("next", TensorProto.FLOAT, [SIZE, SIZE])],
    )
    constants = {
        "shape": np.array([SIZE, SIZE], np.int64),
        "count": np.array(iterations, np.int64),
        "always": np.array(True),
        "decay": np.array(1 / SIZE, np.float32),
        "first": np.array([0], np.int64),
    }
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["start"]),
        helper.make_node("Loop", ["count", "always", "start"], ["end"], body=body),
        helper.make_node("ReduceMean", ["end"], ["mean"], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "first"], ["y"]),
    ]

    graph = helper.make_graph(
        nodes,
        "slow",
        [float1("x", TensorProto.FLOAT, [1])],
        [float1("y", TensorProto.FLOAT, [1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def run_seconds(model: onnx.ModelProto) -> float:
    """How long one run takes on one thread of this machine."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    start = time.perf_counter()
    session.run(None, {"x": np.ones(1, np.float32)})
    return time.perf_counter() - start


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SLOW_GRAPH)
    parser.add_argument("--iterations", type=int, default=1100)
    arguments = parser.parse_args(argv)
    model = slow_graph(arguments.iterations)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, arguments.out)
    print(
        f"{arguments.out}: {arguments.out.stat().st_size} bytes, {run_seconds(model):.2f} s a run here"
    )


if __name__ == "__main__":
    main()
