"""Half precision and 8-bit weights inside a graph. Inputs and outputs stay float32, as Kinora's engine wants them."""

import tempfile
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

from training.export.from_diffusers.graph_file import write_graph

KEPT_FLOAT32 = ("vae_encoder", "vae_decoder")
"""Stable Diffusion XL's autoencoder overflows in float16, and an autoencoder runs once a picture only."""


def halve_folder(target: Path) -> list[str]:
    """Computes in float16 everywhere but in the autoencoder; returns the components it changed."""
    changed = []
    for graph in sorted(target.glob("*/model.onnx")):
        if graph.parent.name in KEPT_FLOAT32:
            continue
        model = convert_float_to_float16(
            onnx.load(graph), keep_io_types=True, disable_shape_infer=True
        )
        write_graph(model, graph)
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
