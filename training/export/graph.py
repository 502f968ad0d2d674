"""One network as one ONNX file whose initializers are the parameters, under their names, stored as fp16."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from training.export.tidy import tidy

OPSET = 17
SMALLEST_HALVED = 256
"""Initializers of fewer values stay fp32: nothing to save, and some are constants of the graph."""


@dataclass(frozen=True)
class Port:
    """An input or output of a graph. Axes named by a string are dynamic."""

    name: str
    shape: tuple[int | str, ...]
    dtype: str = "float32"

    @property
    def dynamic_axes(self) -> dict[int, str]:
        return {axis: size for axis, size in enumerate(self.shape) if isinstance(size, str)}


def export_graph(
    module: nn.Module, inputs: dict[Port, Tensor], outputs: list[Port], path: Path
) -> None:
    """Traces the module on example inputs and writes `path`; parameters keep their names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ports = [*inputs, *outputs]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # tracing warns of every shape that we fix on purpose
        torch.onnx.export(
            module.eval().to(memory_format=torch.contiguous_format),
            tuple(inputs.values()),
            str(path),
            input_names=[port.name for port in inputs],
            output_names=[port.name for port in outputs],
            dynamic_axes={port.name: port.dynamic_axes for port in ports if port.dynamic_axes},
            opset_version=OPSET,
            do_constant_folding=False,  # folding would rename and transpose the parameters
            dynamo=False,
        )
    model = onnx.load(path)
    tidy(model.graph)
    halve(model.graph)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def halve(graph: onnx.GraphProto) -> None:
    """Stores large fp32 initializers as fp16 with a Cast behind each; the runtime folds the Casts when it loads."""
    casts = []
    for initializer in graph.initializer:
        if (
            initializer.data_type != TensorProto.FLOAT
            or np.prod(initializer.dims) < SMALLEST_HALVED
        ):
            continue
        name, full = initializer.name, f"{initializer.name}/32"
        half = numpy_helper.to_array(initializer).astype(np.float16)
        initializer.CopyFrom(numpy_helper.from_array(half, name))
        for node in graph.node:
            for index, used in enumerate(node.input):
                if used == name:
                    node.input[index] = full
        casts.append(helper.make_node("Cast", [name], [full], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def read_parameters(path: Path) -> dict[str, NDArray[np.float32]]:
    """The parameters of an exported graph by name, as float32: what training can start from."""
    graph = onnx.load(path).graph
    return {
        initializer.name: numpy_helper.to_array(initializer).astype(np.float32)
        for initializer in graph.initializer
        if initializer.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16)
    }
