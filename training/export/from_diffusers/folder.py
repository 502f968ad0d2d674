"""One diffusers folder to one folder of graphs, whichever exporter it takes."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from training.export.from_diffusers.check import check_folder
from training.export.from_diffusers.configs import forget_paths
from training.export.from_diffusers.pictures import export_pictures
from training.export.from_diffusers.precision import halve_folder, quantize_folder
from training.export.from_diffusers.video import export_video
from training.export.manifest import write_manifest

VIDEO = "StableVideoDiffusionPipeline"


@dataclass(frozen=True)
class Exported:
    """The new folder's digest, and how far each graph is from its original (empty: not checked)."""

    digest: str
    differences: dict[str, float]


def pipeline_class(source: Path) -> str:
    """`_class_name` of model_index.json."""
    return str(json.loads((source / "model_index.json").read_text())["_class_name"])


def export_folder(
    source: Path, target: Path, precision: str = "fp32", *, check: bool = True
) -> Exported:
    """Writes `target` anew; precision fp32, fp16 or int8. A reader sees the old folder or the whole new one."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    name = pipeline_class(source)
    if name == VIDEO:
        export_video(source, partial)
    else:
        export_pictures(source, partial, name)
    if precision == "fp16":
        halve_folder(partial)
    elif precision == "int8":
        quantize_folder(partial)
    forget_paths(partial)
    differences = check_folder(source, partial) if check else {}
    digest = write_manifest(partial)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return Exported(digest, differences)
