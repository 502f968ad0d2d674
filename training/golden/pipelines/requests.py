"""What is asked of which pipeline: the cases of the goldens."""

from dataclasses import dataclass, field
from typing import Any

BALL = "a photo of a red ball in front of a blue sky"
SEA = "a painting of the sea at sunset"
NO = "blurry, low quality"
LONG = ", ".join(f"{count} {thing} in front of the {place}" for count, thing, place in (
    (3, "astronauts riding green horses", "little cafe in Paris"), (17, "yellow balls", "mountains behind a lake"),
    (2, "cats asleep", "portal that is also a bowl of soup"), (5, "old men with white beards", "red sofa"),
    (9, "boats", "sunset, highly detailed, trending on artstation"), (4, "dogs", "collinetta erbosa, octane render"),
))  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One golden: its name, its pipeline, and what differs from the defaults of the pipeline's kind."""

    name: str
    pipeline: str
    kind: str
    request: dict[str, Any] = field(default_factory=dict)
    scheduler: dict[str, Any] | None = None


DEFAULTS: dict[str, dict[str, Any]] = {
    "text-to-image": {
        "prompt": BALL, "negative_prompt": None, "seed": 0, "num_inference_steps": 4, "guidance_scale": 7.5,
        "guidance_rescale": 0.0, "width": 64, "height": 64, "num_images": 1,
    },
    "image-to-image": {
        "prompt": BALL, "negative_prompt": None, "seed": 0, "num_inference_steps": 6, "guidance_scale": 7.5,
        "width": 64, "height": 64, "num_images": 1, "strength": 0.6,
    },
    "edit": {
        "prompt": "make the ball green", "negative_prompt": None, "seed": 0, "num_inference_steps": 4,
        "guidance_scale": 7.5, "image_guidance_scale": 1.5, "width": 64, "height": 64, "num_images": 1,
    },
    "image-to-video": {
        "seed": 0, "num_inference_steps": 4, "width": 64, "height": 64, "num_frames": 6, "min_guidance_scale": 1.0,
        "max_guidance_scale": 3.0, "fps": 7, "motion_bucket_id": 127, "noise_aug_strength": 0.02,
    },
}  # fmt: skip


def text_cases(pipeline: str, guidance: float, steps: int, rescales: bool) -> list[Case]:
    """What every text-to-image pipeline is asked."""
    asked: dict[str, dict[str, Any]] = {
        "guided": {"seed": 1},
        "unguided": {"guidance_scale": 1.0, "seed": 2},
        "negative-wide": {"negative_prompt": NO, "prompt": SEA, "width": 96, "seed": 3},
        "two-tall": {"num_images": 2, "height": 96, "seed": 4},
        "large-seed": {"seed": 0x1_2345_6789_ABCD, "num_inference_steps": steps + 2},
        "long-prompt": {"prompt": LONG, "negative_prompt": LONG[::-1], "seed": 5},
        "empty-prompt": {"prompt": "", "seed": 6},
    }
    if rescales:
        asked["rescaled"] = {"guidance_rescale": 0.7, "seed": 7, "negative_prompt": NO}
    common = {"guidance_scale": guidance, "num_inference_steps": steps}
    return [Case(name, pipeline, "text-to-image", common | request) for name, request in asked.items()]


def image_cases(pipeline: str, guidance: float) -> list[Case]:
    """What every image-to-image pipeline is asked."""
    asked: dict[str, dict[str, Any]] = {
        "img2img": {"seed": 8},
        "img2img-two-wide": {"num_images": 2, "width": 96, "strength": 0.8, "negative_prompt": NO, "seed": 9},
        "img2img-full": {"strength": 1.0, "num_inference_steps": 3, "guidance_scale": 1.0, "seed": 10},
    }
    common = {"guidance_scale": guidance}
    return [Case(name, pipeline, "image-to-image", common | request) for name, request in asked.items()]


def lcm_cases() -> list[Case]:
    """The latent consistency model, whose guidance scale is an input of its network; no negative prompt."""
    asked: dict[str, dict[str, Any]] = {
        "guided": {"seed": 1},
        "weak": {"guidance_scale": 1.5, "seed": 2},
        "one-step": {"num_inference_steps": 1, "seed": 3},
        "two-wide": {"num_images": 2, "width": 96, "prompt": SEA, "num_inference_steps": 6, "seed": 4},
        "large-seed": {"seed": 0x1_2345_6789_ABCD},
        "long-prompt": {"prompt": LONG, "seed": 5},
    }
    return [Case(name, "tiny-lcm", "text-to-image", {"guidance_scale": 8.5} | ask) for name, ask in asked.items()] + [
        Case("img2img", "tiny-lcm", "image-to-image", {"guidance_scale": 8.5, "num_inference_steps": 4, "seed": 8}),
    ]


def edit_cases() -> list[Case]:
    """InstructPix2Pix."""
    asked: dict[str, dict[str, Any]] = {
        "edit": {"seed": 1},
        "strong-image": {"image_guidance_scale": 2.5, "guidance_scale": 4.0, "negative_prompt": NO, "seed": 2},
        "unguided": {"guidance_scale": 1.0, "image_guidance_scale": 1.0, "seed": 3},
        "two-wide": {"num_images": 2, "width": 96, "seed": 4},
        "tall": {"height": 96, "num_inference_steps": 6, "seed": 0x1_2345_6789_ABCD},
    }
    return [Case(name, "tiny-instruct-pix2pix", "edit", request) for name, request in asked.items()]


def clip_cases() -> list[Case]:
    """Stable Video Diffusion."""
    asked: dict[str, dict[str, Any]] = {
        "clip": {"seed": 1},
        "unguided-wide": {"max_guidance_scale": 1.0, "width": 96, "num_frames": 4, "num_inference_steps": 3, "seed": 2},
        "moving": {
            "motion_bucket_id": 200, "fps": 12, "noise_aug_strength": 0.1, "min_guidance_scale": 1.5,
            "max_guidance_scale": 2.5, "num_frames": 5, "num_inference_steps": 3, "seed": 0x1_2345_6789_ABCD,
        },
    }  # fmt: skip
    return [Case(name, "tiny-svd", "image-to-video", request) for name, request in asked.items()]


SD_BETAS: dict[str, Any] = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
}  # fmt: skip
SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False}),
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True, "steps_offset": 1}),
    "pndm-prk": ("PNDMScheduler", {"skip_prk_steps": False, "steps_offset": 1}),
    "lms": ("LMSDiscreteScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {"timestep_spacing": "leading", "steps_offset": 1}),
    "euler-karras": ("EulerDiscreteScheduler", {"timestep_spacing": "trailing", "use_karras_sigmas": True}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "leading", "steps_offset": 1}),
    "heun": ("HeunDiscreteScheduler", {}),
    "dpmpp-2m": ("DPMSolverMultistepScheduler", {}),
    "dpmpp-2m-karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "dpmpp-2m-exponential": ("DPMSolverMultistepScheduler", {"use_exponential_sigmas": True}),
    "dpmpp-2m-sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "tcd": ("TCDScheduler", {}),
    "flow-euler": ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}),
}
"""Configurations by case; all but flow matching over tiny-sd, which over tiny-sd3."""


def scheduler_cases() -> list[Case]:
    """Every scheduler in a whole pipeline, guided, in five steps."""
    cases = []
    for name, (kind, options) in SCHEDULERS.items():
        flow = kind.startswith("FlowMatch")
        request = {"num_inference_steps": 5, "seed": 11, "guidance_scale": 4.0}
        config = {"_class_name": kind, **({"num_train_timesteps": 1000} if flow else SD_BETAS), **options}
        cases.append(Case(f"schedulers/{name}", "tiny-sd3" if flow else "tiny-sd", "text-to-image", request, config))
    return cases


def all_cases() -> list[Case]:
    """Every golden."""
    return [
        *text_cases("tiny-sd", 7.5, 5, True),
        *image_cases("tiny-sd", 7.5),
        *text_cases("tiny-sd-v", 7.5, 4, True),
        *image_cases("tiny-sd-v", 5.0),
        *text_cases("tiny-sdxl", 5.0, 4, True),
        *image_cases("tiny-sdxl", 5.0),
        *text_cases("tiny-sd3", 4.5, 4, False),
        *image_cases("tiny-sd3", 4.5),
        *lcm_cases(),
        *edit_cases(),
        *clip_cases(),
        *scheduler_cases(),
    ]
