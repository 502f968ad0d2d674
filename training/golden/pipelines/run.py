"""One case through diffusers: request in, tensors out. What is drawn, and in which order, is diffusers' own doing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from diffusers import (
    DiffusionPipeline,
    LatentConsistencyModelImg2ImgPipeline,
    LatentConsistencyModelPipeline,
    StableDiffusion3Img2ImgPipeline,
    StableDiffusion3Pipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
    StableVideoDiffusionPipeline,
)
from PIL import Image

from training.golden.pipelines.capture import Tensors, as_bytes, listen
from training.golden.pipelines.pictures import some_disc

Request = dict[str, Any]
TOKENIZERS = {"tokenizer": "", "tokenizer_2": "_2", "tokenizer_3": "_3"}
T5_LENGTH = 256
CPU = torch.device("cpu")


def generator(request: Request) -> torch.Generator:
    """The one generator of a request."""
    return torch.Generator("cpu").manual_seed(request["seed"])


def source_picture(request: Request) -> Image.Image:
    """The picture that a case begins from."""
    disc = some_disc(np.random.default_rng(request["seed"] % 1000))
    pixels = (disc.draw(request["height"], request["width"]) / 2 + 0.5).clamp(0, 1)
    return Image.fromarray(as_bytes(pixels.permute(1, 2, 0).numpy()).numpy())


def token_ids(pipeline: DiffusionPipeline, text: str, folder: str) -> torch.Tensor:
    """Padded and cut as the pipeline does."""
    tokenizer = getattr(pipeline, folder)
    length = T5_LENGTH if folder == "tokenizer_3" else tokenizer.model_max_length
    given = tokenizer(text, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    return given.input_ids


def encode_text(pipeline: DiffusionPipeline, request: Request, guided: bool) -> Tensors:
    """Token ids and embeddings of one prompt and, with guidance, of the negative one."""
    prompt, negative = request["prompt"], request["negative_prompt"]
    tensors: Tensors = {}
    for folder, suffix in TOKENIZERS.items():
        if getattr(pipeline, folder, None) is None:
            continue
        tensors[f"input_ids{suffix}"] = token_ids(pipeline, prompt, folder)
        if guided:
            tensors[f"negative_input_ids{suffix}"] = token_ids(pipeline, negative or "", folder)
    names = ["prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds"]
    if isinstance(pipeline, StableDiffusion3Pipeline | StableDiffusion3Img2ImgPipeline):
        encoded = pipeline.encode_prompt(
            prompt, prompt, prompt, do_classifier_free_guidance=guided, negative_prompt=negative
        )
    elif isinstance(pipeline, StableDiffusionXLPipeline | StableDiffusionXLImg2ImgPipeline):
        encoded = pipeline.encode_prompt(prompt, do_classifier_free_guidance=guided, negative_prompt=negative)
    elif isinstance(pipeline, StableDiffusionInstructPix2PixPipeline):
        encoded = pipeline._encode_prompt(prompt, CPU, 1, guided, negative).split(1)[:2]
    else:
        encoded = pipeline.encode_prompt(prompt, CPU, 1, guided, negative)
    found = {name: value for name, value in zip(names, encoded, strict=False) if value is not None}
    return tensors | (found if guided else {name: value for name, value in found.items() if "negative" not in name})


def finish(tensors: Tensors, images: Any) -> Tensors:
    """Adds the pictures."""
    images = np.asarray(images, dtype=np.float32)
    return tensors | {"images": torch.from_numpy(images), "images_uint8": as_bytes(images)}


def common_options(request: Request) -> Request:
    """What all picture pipelines take."""
    names = ("prompt", "num_inference_steps", "guidance_scale")
    options = {name: request[name] for name in names}
    return options | {
        "num_images_per_prompt": request["num_images"], "output_type": "np", "generator": generator(request)
    }  # fmt: skip


def text_to_image(pipeline: DiffusionPipeline, request: Request) -> Tensors:
    """A picture from words."""
    distilled = isinstance(pipeline, LatentConsistencyModelPipeline)
    options = common_options(request) | {"width": request["width"], "height": request["height"]}
    if not distilled:
        options["negative_prompt"] = request["negative_prompt"]
    if request["guidance_rescale"]:
        options["guidance_rescale"] = request["guidance_rescale"]
    text = encode_text(pipeline, request, not distilled and request["guidance_scale"] > 1)
    with listen(pipeline) as trace:
        images = pipeline(**options, callback_on_step_end=trace.step).images
    return finish(text | trace.tensors(), images)


def image_to_image(pipeline: DiffusionPipeline, request: Request) -> Tensors:
    """A picture from a picture and words."""
    distilled = isinstance(pipeline, LatentConsistencyModelImg2ImgPipeline)
    picture = source_picture(request)
    options = common_options(request) | {"strength": request["strength"], "image": picture}
    if not distilled:
        options["negative_prompt"] = request["negative_prompt"]
    if isinstance(pipeline, StableDiffusion3Img2ImgPipeline):
        options |= {"width": request["width"], "height": request["height"]}
    text = encode_text(pipeline, request, not distilled and request["guidance_scale"] > 1)
    with listen(pipeline) as trace:
        images = pipeline(**options, callback_on_step_end=trace.step).images
    tensors = text | trace.tensors() | {"source_image": torch.from_numpy(np.array(picture))}
    return finish(tensors, images)


def edit(pipeline: StableDiffusionInstructPix2PixPipeline, request: Request) -> Tensors:
    """A picture changed by an instruction."""
    picture = source_picture(request)
    options = common_options(request) | {"image": picture, "negative_prompt": request["negative_prompt"]}
    options["image_guidance_scale"] = request["image_guidance_scale"]
    guided = request["guidance_scale"] > 1 and request["image_guidance_scale"] >= 1
    text = encode_text(pipeline, request, guided)
    with torch.no_grad():
        pixels = pipeline.image_processor.preprocess(picture)
        latents = pipeline.vae.encode(pixels).latent_dist.mode()
    with listen(pipeline) as trace:
        images = pipeline(**options, callback_on_step_end=trace.step).images
    given = {"image_latents": latents, "source_image": torch.from_numpy(np.array(picture))}
    return finish(text | trace.tensors() | given, images)


def image_to_video(
    pipeline: StableVideoDiffusionPipeline, request: Request, picture: Image.Image | None = None
) -> Tensors:
    """A clip from a picture."""
    picture = picture or source_picture(request)
    names = ("num_inference_steps", "width", "height", "num_frames", "min_guidance_scale", "max_guidance_scale")
    names += ("fps", "motion_bucket_id", "noise_aug_strength")
    options = {name: request[name] for name in names}
    with torch.no_grad():
        embeds = pipeline._encode_image(picture, CPU, 1, False)
        pixels = pipeline.video_processor.preprocess(picture, height=request["height"], width=request["width"])
        noise = torch.randn(pixels.shape, generator=generator(request))
        latents = pipeline._encode_vae_image(pixels + request["noise_aug_strength"] * noise, CPU, 1, False)
    with listen(pipeline) as trace:
        frames = pipeline(
            picture, **options, generator=generator(request), output_type="np", callback_on_step_end=trace.step
        ).frames[0]
    scales = torch.linspace(request["min_guidance_scale"], request["max_guidance_scale"], request["num_frames"])
    ids = [request["fps"] - 1, request["motion_bucket_id"], request["noise_aug_strength"]]
    given = {"image_embeds": embeds, "image_latents": latents, "guidance_scales": scales}
    given |= {"added_time_ids": torch.tensor([ids]), "source_image": torch.from_numpy(np.array(picture))}
    return finish(trace.tensors() | given, frames)


KINDS: dict[str, Callable[[Any, Request], Tensors]] = {
    "text-to-image": text_to_image,
    "image-to-image": image_to_image,
    "edit": edit,
    "image-to-video": image_to_video,
}
