"""Where a graph's weights lie: inside model.onnx, or beside it in model.onnx_data when they are large."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx

GRAPH = "model.onnx"
DATA = "model.onnx_data"
INLINE_LIMIT = 1 << 30
"""Graphs of more bytes keep their weights outside; protobuf ends at 2 GiB."""


@contextmanager
def save_graph(target: Path) -> Iterator[Path]:
    """Gives a path to export to, and moves what was written there to `target` in at most two files."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        path = Path(scratch) / GRAPH
        yield path
        write_graph(onnx.load(path), target)


def write_graph(model: onnx.ModelProto, target: Path) -> None:
    """Writes a graph whose weights are in memory."""
    (target.parent / DATA).unlink(missing_ok=True)
    weights = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    if weights <= INLINE_LIMIT:
        onnx.save(model, target)
    else:
        onnx.save(model, target, save_as_external_data=True, location=DATA)
