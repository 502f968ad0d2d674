"""The composed example from a sentence to frames: `python -m training.golden.pipelines.composed`.

The keyframe becomes an 8-bit PNG before it is set in motion, as between Kinora's services.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image

from training.golden.pipelines.capture import Tensors
from training.golden.pipelines.cases import FOLDER, Load, load, quiet, write
from training.golden.pipelines.models import MODELS
from training.golden.pipelines.requests import BALL, DEFAULTS
from training.golden.pipelines.run import image_to_video, text_to_image

CARD = json.loads((MODELS / "tiny-composed/kinora.json").read_text())
SEEDS = {"ball": (21, BALL), "sea": (0x1_2345_6789_ABCD, "a painting of a white ball in front of a yellow sky")}
TOLERANCES = {
    "keyframe": {"levels": 1, "share": 0.002},
    "images": {"absolute": 2e-4},
    "images_uint8": {"levels": 1, "share": 0.002},
}


def requests(name: str) -> tuple[dict, dict]:
    """What the card's defaults ask of the two models; one seed for both."""
    seed, prompt = SEEDS[name]
    size = {"width": CARD["width"], "height": CARD["height"], "seed": seed}

    def default(part: str, setting: str) -> float:
        return CARD[part][setting]["default"]

    keyframe = DEFAULTS["text-to-image"] | size | {"prompt": prompt}
    keyframe |= {setting: default("t2i", setting) for setting in ("num_inference_steps", "guidance_scale")}
    motion = DEFAULTS["image-to-video"] | size | {"num_frames": CARD["num_frames"], "fps": CARD["fps"]}
    names = ("num_inference_steps", "min_guidance_scale", "motion_bucket_id", "noise_aug_strength")
    motion |= {setting: default("i2v", setting) for setting in names}
    return keyframe, motion | {"max_guidance_scale": default("i2v", "guidance_scale")}


def compose(load_pipeline: Load, keyframe: dict, motion: dict) -> Tensors:
    """A keyframe, then its frames."""
    models = CARD["compose"]
    picture = text_to_image(load_pipeline(models["keyframe"], "text-to-image"), keyframe)["images_uint8"][0]
    clip = image_to_video(
        load_pipeline(models["motion"], "image-to-video"), motion, Image.fromarray(picture.numpy())
    )  # fmt: skip
    return {"keyframe": picture, "images": clip["images"], "images_uint8": clip["images_uint8"]}


def described(keyframe: dict, motion: dict) -> dict:
    """The JSON of a composed case."""
    shown = [request | {"seed": str(request["seed"])} for request in (keyframe, motion)]
    return {"pipeline": CARD["name"], "kind": "composed", "keyframe": shown[0], "motion": shown[1],
            "tensors": TOLERANCES}  # fmt: skip


def composed_cases(load_pipeline: Load) -> Iterator[tuple[Path, dict, Tensors]]:
    """Path without suffix, description and tensors of every composed case."""
    for name in SEEDS:
        keyframe, motion = requests(name)
        tensors = compose(load_pipeline, keyframe, motion)
        kept = {key: torch.clone(value).contiguous() for key, value in tensors.items()}
        yield FOLDER / f"composed/{name}", described(keyframe, motion), kept


def main() -> None:
    quiet()
    for path, description, tensors in composed_cases(load):
        write(path, description, tensors)
        print(path.name, f"{tensors['images'].std():.3f}", flush=True)


if __name__ == "__main__":
    main()
