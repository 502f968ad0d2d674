"""Seconds of a folder's graphs through Python's onnxruntime and through torch, and their GFLOP; for `npm run bench`.

python -m training.evaluate.speed --threads 2            JSON: seconds for each run, and GFLOP
python -m training.evaluate.speed --flops-only           GFLOP alone: scripts/bench-gflop.json
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import onnxruntime
import torch

from training.evaluate.flops import count_flop
from training.evaluate.pipeline import DEFAULT_FOLDER
from training.export.components import Component, components
from training.export.load import load_family, read_config

BATCHES = {"text_encoder": 2, "unet": 2, "interpolator": 16, "vae_decoder": 2}
"""Items in one run of a service; 1 for the others."""


def batch_of(component: Component) -> int:
    """Items in one run of a service: a network that embeds guidance needs no second half."""
    if component.folder == "unet" and "time_cond_proj_dim" in component.config:
        return 1
    return BATCHES.get(component.folder, 1)


def giga_flop(folder: Path, component: Component) -> float:
    """GFLOP of one item."""
    feeds = {port.name: value.numpy() for port, value in component.example_inputs(1).items()}
    return count_flop(folder / component.folder / "model.onnx", feeds) / 1e9


def session_of(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """A session as the services make it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def seconds_of(run: Callable[[], object], repeats: int) -> float:
    """Median seconds of a run, after one to warm up."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return median(times)


def measure(folder: Path, component: Component, threads: int, repeats: int) -> dict[str, Any]:
    """One graph as both runtimes compute it, with the batch of the services."""
    batch = batch_of(component)
    inputs = component.example_inputs(batch)
    feeds = {port.name: value.numpy() for port, value in inputs.items()}
    session = session_of(folder / component.folder / "model.onnx", threads)
    module = component.module.eval().to(memory_format=torch.channels_last)
    with torch.inference_mode():
        return {
            "batch": batch,
            "onnxruntime_s": seconds_of(lambda: session.run(None, feeds), repeats),
            "torch_s": seconds_of(lambda: module(*inputs.values()), repeats),
        }


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--flops-only", action="store_true")
    options = parser.parse_args()
    listed = components(load_family(read_config(options.folder), options.folder))
    if options.flops_only:
        flops = {part.folder: round(giga_flop(options.folder, part), 6) for part in listed}
        print(json.dumps(flops, indent=2))
        return
    torch.set_num_threads(options.threads)
    report = {
        "onnxruntime": onnxruntime.__version__,
        "torch": torch.__version__,
        "threads": options.threads,
        "graphs": {
            part.folder: measure(options.folder, part, options.threads, options.repeats)
            for part in listed
        },
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
