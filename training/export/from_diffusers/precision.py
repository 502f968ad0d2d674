"""Half precision and 8-bit weights inside a graph. Inputs and outputs stay float32, as Kinora's engine wants them."""

import json
import tempfile
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

from training.export.from_diffusers.graph_file import write_graph

KEPT_FLOAT32 = ("vae_encoder", "vae_decoder")
"""Stable Diffusion XL's autoencoder overflows in float16, and an autoencoder runs once a picture only."""


def inline_constants(graph: onnx.GraphProto) -> None:
    """Turns Constant nodes into initializers: the converter spares Resize's scales, which stay float32, only there."""
    kept = []
    for node in graph.node:
        values = [attribute.t for attribute in node.attribute if attribute.name == "value"]
        if node.op_type != "Constant" or not values:
            kept.append(node)
            continue
        graph.initializer.add().CopyFrom(values[0])
        graph.initializer[-1].name = node.output[0]
    del graph.node[:]
    graph.node.extend(kept)


def is_t5(component: Path) -> bool:
    """Whether it is a T5 encoder, whose sums leave float16's range."""
    config = json.loads((component / "config.json").read_text(encoding="utf-8"))
    return "T5EncoderModel" in (config.get("architectures") or [])


def halve_folder(target: Path) -> list[str]:
    """Computes in float16 everywhere but in the autoencoder and T5; returns the components it changed."""
    changed = []
    for graph in sorted(target.glob("*/model.onnx")):
        if graph.parent.name in KEPT_FLOAT32 or is_t5(graph.parent):
            continue
        model = onnx.load(graph)
        inline_constants(model.graph)
        halved = convert_float_to_float16(model, keep_io_types=True, disable_shape_infer=True)
        write_graph(halved, graph)
        changed.append(graph.parent.name)
    return changed


def quantize_folder(target: Path) -> list[str]:
    """Stores the weights of matrix products as int8 (symmetric, zero point 0); activations are quantized as they come.

    Convolutions stay: integer convolutions are slower than float ones in ONNX Runtime.
    """
    changed = []
    for graph in sorted(target.glob("*/model.onnx")):
        if graph.parent.name in KEPT_FLOAT32:
            continue
        with tempfile.TemporaryDirectory(dir=target) as scratch:
            path = Path(scratch) / "quantized.onnx"
            quantize_dynamic(
                graph,
                path,
                op_types_to_quantize=["MatMul"],
                weight_type=QuantType.QInt8,
                use_external_data_format=True,
                extra_options={"WeightSymmetric": True, "MatMulConstBOnly": True},
            )
            write_graph(onnx.load(path), graph)
        changed.append(graph.parent.name)
    return changed
