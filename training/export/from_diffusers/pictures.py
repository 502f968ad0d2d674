"""Pipelines that make pictures, by optimum's own exporter."""

import logging
import warnings
from pathlib import Path

from optimum.exporters.onnx import main_export

TASKS = {"StableDiffusionInstructPix2PixPipeline": "image-to-image"}
"""Optimum's task where it is not text-to-image; optimum has no ORT pipeline for these, but exports their graphs."""
TRACED_SIDE = 32
"""Height and width of the examples that graphs are traced on, pixels or latents: the axes are dynamic, so small is
enough; divisible by every halving of the networks."""


def export_pictures(source: Path, target: Path, pipeline_class: str) -> None:
    """Writes the whole folder except manifest.json, in float32."""
    logging.getLogger("optimum").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of every shape that it takes for a constant
        main_export(
            str(source),
            output=target,
            task=TASKS.get(pipeline_class, "text-to-image"),
            library_name="diffusers",
            do_validation=False,
            local_files_only=True,
            height=TRACED_SIDE,
            width=TRACED_SIDE,
        )
