"""Exports a diffusers pipeline folder for Kinora: python -m training.export.from_diffusers SOURCE TARGET

optimum exports everything that makes pictures; Stable Video Diffusion is exported here. Each graph is then run beside
its original on random inputs, and manifest.json is written. Give TARGET inside KINORA_MODELS_DIR: its name becomes
the model's name.
"""

import argparse
import json
import sys
from pathlib import Path

from training.export.from_diffusers.folder import export_folder

LIMITS = {"fp32": 1e-3, "fp16": 5e-2, "int8": 5e-1}
"""Largest relative difference to the original. int8's is only there to catch a graph that is plainly broken."""


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="from_diffusers", description=__doc__)
    parser.add_argument(
        "source", type=Path, help="a folder that DiffusionPipeline.from_pretrained loads"
    )
    parser.add_argument("target", type=Path, help="the folder to write; replaced if it is there")
    parser.add_argument(
        "--dtype", choices=("fp32", "fp16"), default="fp32", help="inside the graphs, but the VAE"
    )
    parser.add_argument(
        "--quantize", choices=("int8",), help="weights of matrix products, for CPUs"
    )
    parser.add_argument("--no-check", action="store_true", help="large models on small machines")
    arguments = parser.parse_args(argv)
    if arguments.quantize and arguments.dtype == "fp16":
        parser.error(
            "--quantize int8 goes with --dtype fp32: int8 kernels want float32 around them."
        )
    exported = export_folder(
        arguments.source,
        arguments.target,
        arguments.quantize or arguments.dtype,
        check=not arguments.no_check,
    )
    print(
        json.dumps(
            {
                "folder": str(arguments.target),
                "digest": exported.digest,
                "difference": exported.differences,
            }
        )
    )
    limit = LIMITS[arguments.quantize or arguments.dtype]
    far = {name: value for name, value in exported.differences.items() if not value <= limit}
    if far:
        sys.exit(f"too far from the original (limit {limit}): {far}")


if __name__ == "__main__":
    main()
