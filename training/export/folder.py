"""Writes a model folder in diffusers' layout: graphs, scheduler, tokenizer, and what the services must know."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.data.render import CLIP_FPS, CLIP_FRAMES
from training.export.components import Family, components
from training.export.manifest import write_manifest
from training.export.near_words import write_near_words
from training.flow import STOCHASTIC_LEVELS
from training.models.unet import STUDENT_GUIDANCE
from training.tokenizer import Tokenizer
from training.world.attributes import Domain
from training.world.captions import LANGUAGES

SCHEDULER = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "num_train_timesteps": 1000,
    "shift": 1.0,
    "prediction_type": "sample",
    "clip_sample": True,
    "clip_sample_range": 1.05,
    # Ours: n equal steps from 1 to 0, so that a short schedule wastes none near 0.
    "sigma_schedule": "linear",
}
LIBRARIES = {
    "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
}


def describe(
    name: str, domain: Domain, tokenizer: Tokenizer, distilled_steps: int = 0
) -> dict[str, Any]:
    """kinora.json: the shapes, rates, ranges and words of the family.

    `t2i.stochastic_levels`: steps between these noise levels draw new noise. `t2i.guidance` is "embedded" where the
    network is told the guidance scale (its input `timestep_cond`, as in diffusers' latent consistency pipelines) and
    must not be run twice.
    """

    def setting(default: float, minimum: float, maximum: float) -> dict[str, float]:
        return {"default": default, "minimum": minimum, "maximum": maximum}

    return {
        "name": name,
        "languages": list(LANGUAGES),
        "width": 512,
        "height": 512,
        "fps": 16,
        "num_frames": 65,
        "keyframe_count": CLIP_FRAMES,
        "keyframe_fps": CLIP_FPS,
        "latent_shape": [3, 64, 64],
        "max_words": 32,
        "sigmas": "linear: step i of n goes from sigma 1 - i/n to 1 - (i+1)/n",
        "t2i": {
            "num_inference_steps": setting(distilled_steps or 8, 1, 50),
            "guidance_scale": setting(3.0, 1.0, STUDENT_GUIDANCE[1] if distilled_steps else 8.0),
            **(
                {"guidance": "embedded"}
                if distilled_steps
                else {"stochastic_levels": list(STOCHASTIC_LEVELS)}
            ),
        },
        "i2v": {"num_inference_steps": setting(6, 1, 50), "guidance_scale": setting(1.0, 1.0, 8.0)},
        "attributes": {key: list(values) for key, values in asdict(domain).items()},
        "vocabulary_size": len(tokenizer),
    }


def write_folder(family: Family, tokenizer: Tokenizer, domain: Domain, folder: Path) -> str:
    """Writes everything anew and returns the folder's digest. A reader sees the old folder or the whole new one."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    index: dict[str, Any] = {"_class_name": "KinoraVideoPipeline", **LIBRARIES}
    for component in components(family):
        component.write(partial)
        index[component.folder] = ["kinora", type(component.module).__name__]
    tokenizer.save(partial / "tokenizer")
    write_near_words(tokenizer, partial / "tokenizer")
    for name, content in (
        ("model_index.json", index),
        ("scheduler/scheduler_config.json", SCHEDULER),
        (
            "kinora.json",
            describe(folder.name, domain, tokenizer, family.unet.config.distilled_steps),
        ),
    ):
        path = partial / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    digest = write_manifest(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return digest
