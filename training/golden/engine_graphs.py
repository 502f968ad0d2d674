"""Small ONNX graphs for the engine's tests in packages/inference. Run: python -m training.golden.engine_graphs"""

import base64
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FIXTURES = Path(__file__).parents[2] / "packages/inference/fixtures"
F32, F16, I64, U8 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64, TensorProto.UINT8
SIZE = 384


def value(name: str, dtype: int, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def model(graph: onnx.GraphProto) -> onnx.ModelProto:
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def add() -> onnx.ModelProto:
    """x + y of any length."""
    node = helper.make_node("Add", ["x", "y"], ["sum"])
    inputs = [value("x", F32, ["n"]), value("y", F32, ["n"])]
    return model(helper.make_graph([node], "add", inputs, [value("sum", F32, ["n"])]))


def double_half() -> onnx.ModelProto:
    """2 x in float16, in and out."""
    node = helper.make_node("Add", ["x", "x"], ["doubled"])
    return model(helper.make_graph([node], "half", [value("x", F16, ["n"])], [value("doubled", F16, ["n"])]))


def frames() -> onnx.ModelProto:
    """Frame i is filled with the value x[i]: [batch] -> uint8 [batch, 128, 128, 3]."""
    nodes = [
        helper.make_node("Reshape", ["x", "to"], ["column"]),
        helper.make_node("Cast", ["column"], ["bytes"], to=U8),
        helper.make_node("Tile", ["bytes", "repeats"], ["frames"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([-1, 1, 1, 1], np.int64), "to"),
        numpy_helper.from_array(np.array([1, 128, 128, 3], np.int64), "repeats"),
    ]
    outputs = [value("frames", U8, ["batch", 128, 128, 3])]
    return model(helper.make_graph(nodes, "frames", [value("x", F32, ["batch"])], outputs, constants))


def pictures() -> onnx.ModelProto:
    """A foreign decoder's output: float32 NCHW, unchanged."""
    node = helper.make_node("Identity", ["latent_sample"], ["sample"])
    shape = ["batch", 3, "height", "width"]
    inputs = [value("latent_sample", F32, shape)]
    return model(helper.make_graph([node], "pictures", inputs, [value("sample", F32, shape)]))


def spin() -> onnx.ModelProto:
    """x + 0, after `rounds` matrix products: takes as long as the caller wants."""
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["carried", "matrix"], ["product"]),
            helper.make_node("Identity", ["go"], ["going"]),
        ],
        "round",
        [value("round", I64, []), value("go", TensorProto.BOOL, []), value("carried", F32, [SIZE, SIZE])],
        [value("going", TensorProto.BOOL, []), value("product", F32, [SIZE, SIZE])],
    )
    nodes = [
        helper.make_node(
            "ConstantOfShape", ["size"], ["matrix"], value=numpy_helper.from_array(np.array([1 / SIZE], np.float32))
        ),
        helper.make_node("Loop", ["rounds", "always", "matrix"], ["spun"], body=body),
        helper.make_node("ReduceMax", ["spun"], ["peak"], keepdims=0),
        helper.make_node("Sub", ["peak", "peak"], ["nothing"]),
        helper.make_node("Add", ["x", "nothing"], ["y"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([SIZE, SIZE], np.int64), "size"),
        numpy_helper.from_array(np.array(True), "always"),
    ]
    inputs = [value("rounds", I64, []), value("x", F32, [1])]
    return model(helper.make_graph(nodes, "spin", inputs, [value("y", F32, [1])], constants))


def external() -> onnx.ModelProto:
    """x + weights; the weights are stored in the file `weights.data`."""
    weights = numpy_helper.from_array(np.arange(16, dtype=np.float32), "weights")
    node = helper.make_node("Add", ["x", "weights"], ["y"])
    graph = helper.make_graph([node], "external", [value("x", F32, [16])], [value("y", F32, [16])], [weights])
    return model(graph)


def main() -> None:
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for make in (add, double_half, frames, pictures, spin):
        onnx.save(make(), FIXTURES / f"{make.__name__.replace('_', '-')}.onnx")
    folder = FIXTURES / "external"
    folder.mkdir(exist_ok=True)
    (folder / "weights.data").unlink(missing_ok=True)
    onnx.save(external(), folder / "model.onnx", save_as_external_data=True, location="weights.data", size_threshold=0)
    print("probe graph:", base64.b64encode(add().SerializeToString()).decode())


if __name__ == "__main__":
    main()
