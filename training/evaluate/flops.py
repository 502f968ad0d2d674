"""Counts what a graph's convolutions and matrix products compute, from the shapes of one run."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import GraphProto, NodeProto, numpy_helper

COUNTED = {"Conv", "ConvTranspose", "MatMul", "Gemm"}

Shapes = dict[str, tuple[int, ...]]


def count_flop(path: Path, feeds: dict[str, np.ndarray]) -> int:
    """Floating-point operations of one run, a multiplication and an addition each being one.

    Only Conv, ConvTranspose, MatMul and Gemm are counted: the rest moves numbers more than it computes.
    """
    model = onnx.load(path)
    nodes = [node for node in model.graph.node if node.op_type in COUNTED]
    shapes = observe_shapes(model, feeds, {name for node in nodes for name in names_of(node)})
    return sum(flop_of(node, shapes) for node in nodes)


def names_of(node: NodeProto) -> list[str]:
    """The factors and the result of a product; a bias does not count."""
    return [*node.input[:2], node.output[0]]


def observe_shapes(
    model: onnx.ModelProto, feeds: dict[str, np.ndarray], wanted: set[str]
) -> Shapes:
    """Shapes of tensors by name: those of weights as written, all others as one run has them."""
    shapes = {name: array.shape for name, array in feeds.items()} | weight_shapes(model.graph)
    missing = sorted(wanted - shapes.keys())
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in missing if name not in known
    )
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    found = session.run(missing, feeds) if missing else []
    return shapes | {name: array.shape for name, array in zip(missing, found, strict=True)}


def weight_shapes(graph: GraphProto) -> Shapes:
    """Shapes of what is written into the graph."""
    shapes: Shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            shapes[node.output[0]] = numpy_helper.to_array(node.attribute[0].t).shape
    return shapes


def flop_of(node: NodeProto, shapes: Shapes) -> int:
    """2 x multiplications of one node."""
    first, second, result = (shapes[name] for name in names_of(node))
    match node.op_type:
        case "Conv":  # every output value: one product per weight of its channel
            return 2 * product(result) * product(second[1:])
        case "ConvTranspose":  # every input value meets each weight of its channel
            return 2 * product(first) * product(second[1:])
        case "Gemm":
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            return 2 * product(result) * first[0 if transposed else 1]
        case _:
            return 2 * product(result) * first[-1]


def product(sizes: tuple[int, ...]) -> int:
    """Number of values of a shape."""
    return int(np.prod(sizes, dtype=np.int64))
