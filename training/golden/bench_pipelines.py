"""Images a second of diffusers and of optimum's ONNX Runtime pipeline, and a model of real size to measure them on.

python -m training.golden.bench_pipelines make [--out FOLDER]
    writes FOLDER/original (torch) and FOLDER/sd15-random (ONNX): Stable Diffusion 1.5's dimensions, random weights,
    float32; 4 GB each, never committed. Default: bench/ in the training folder.
python -m training.golden.bench_pipelines measure --original FOLDER --onnx FOLDER [--threads N] [--steps N] [--runs N]
    prints one JSON object: for each runtime the seconds of each run, their median, and images a second.
python -m training.golden.bench_pipelines turns --runtime NAME [options of measure]
    makes one picture for each line on stdin, the first to warm up, and answers with one line of JSON: its seconds, and
    those inside text encoder, denoiser and autoencoder. `npm run bench:images -- --python ...` takes turns with it.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import diffusers
import onnxruntime
import torch
from diffusers import (
    AutoencoderKL,
    DiffusionPipeline,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel

from training.export.from_diffusers.folder import export_folder
from training.golden.pipelines.models import MODELS, original
from training.golden.pipelines.onnx_pipelines import onnx_pipeline
from training.golden.pipelines.tiny import BETAS, NO_CHECKER
from training.golden.pipelines.tokenizers import clip_tokenizer
from training.paths import training_folder

PROMPT = "a photo of a red ball in front of a blue sky"
CLIP_VOCABULARY = 49408
RUNTIMES = ("diffusers", "optimum")
PARTS = ("text_encoder", "text_encoder_2", "unet", "transformer")


def stable_diffusion_1_5(scratch: Path) -> StableDiffusionPipeline:
    """Every dimension of Stable Diffusion 1.5, weights as the classes draw them; the tokenizer is the tiny one."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(scratch)
    text = CLIPTextConfig(
        vocab_size=CLIP_VOCABULARY, hidden_size=768, intermediate_size=3072, num_hidden_layers=12,
        num_attention_heads=12, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    levels = 4
    return StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * levels,
            up_block_types=("UpDecoderBlock2D",) * levels, layers_per_block=2, latent_channels=4, sample_size=512,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=64, cross_attention_dim=768, attention_head_dim=8, block_out_channels=(320, 640, 1280, 1280)
        ),
        scheduler=EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1),
        **NO_CHECKER,
    )  # fmt: skip


def make(folder: Path) -> None:
    """Writes both folders."""
    with tempfile.TemporaryDirectory() as scratch:
        stable_diffusion_1_5(Path(scratch)).save_pretrained(folder / "original")
    gc.collect()
    exported = export_folder(folder / "original", folder / "sd15-random", check=False)
    print(json.dumps({"original": str(folder / "original"), "onnx": str(folder / "sd15-random"), **vars(exported)}))


def draw(pipeline: DiffusionPipeline, asked: argparse.Namespace) -> float:
    """Makes the pictures of one request; its seconds."""
    start = time.perf_counter()
    pipeline(
        PROMPT, width=asked.size, height=asked.size, num_inference_steps=asked.steps,
        guidance_scale=asked.guidance_scale, num_images_per_prompt=asked.images, output_type="np",
        generator=torch.Generator("cpu").manual_seed(0),
    )  # fmt: skip
    return time.perf_counter() - start


def timed(pipeline: DiffusionPipeline, asked: argparse.Namespace) -> dict[str, Any]:
    """Runs once to warm up, then as often as asked."""
    draw(pipeline, asked)
    seconds = [draw(pipeline, asked) for _ in range(asked.runs)]
    median = statistics.median(seconds)
    return {"seconds": seconds, "median_s": median, "images_per_s": asked.images / median}


def sessions(pipeline: DiffusionPipeline) -> dict[str, Any]:
    """The pipeline's graphs by name; none where torch computes."""
    parts = {name: getattr(pipeline, name, None) for name in PARTS}
    parts["vae_decoder"] = getattr(pipeline.vae, "decoder", None)
    return {name: part for name, part in parts.items() if hasattr(part, "session")}


class TimedSession:
    """A session that counts the seconds of its runs."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self.session = session
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.session, name)

    def run(self, *args: Any, **options: Any) -> list[Any]:  # noqa: ANN401
        """As the session's own."""
        start = time.perf_counter()
        try:
            return self.session.run(*args, **options)
        finally:
            self.seconds += time.perf_counter() - start


def take_turns(pipeline: DiffusionPipeline, asked: argparse.Namespace) -> None:
    """One picture for each line on stdin."""
    timers = {}
    for name, part in sessions(pipeline).items():
        part.session = timers[name] = TimedSession(part.session)
    for _ in sys.stdin:
        for timer in timers.values():
            timer.seconds = 0.0
        seconds = draw(pipeline, asked)
        parts = {name: timer.seconds for name, timer in timers.items()}
        print(json.dumps({"seconds": seconds, "parts": parts}), flush=True)


def create_runtime(name: str, asked: argparse.Namespace) -> DiffusionPipeline:
    """diffusers, or optimum's pipeline over the exported graphs."""
    torch.set_num_threads(asked.threads)
    if name == "optimum":
        pipeline = onnx_pipeline(asked.onnx, "text-to-image", asked.threads)
    else:
        pipeline = DiffusionPipeline.from_pretrained(asked.original, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """One runtime after the other, so that neither's threads wait for the other's."""
    results = {}
    for name in asked.runtimes or RUNTIMES:
        pipeline = create_runtime(name, asked)
        results[name] = timed(pipeline, asked)
        del pipeline
        gc.collect()
    names = ("threads", "steps", "size", "images", "guidance_scale", "runs")
    versions = {"torch": torch.__version__, "diffusers": diffusers.__version__, "onnxruntime": onnxruntime.__version__}
    return {
        "request": {name: getattr(asked, name) for name in names},
        "model": asked.onnx.name,
        "versions": versions,
        "load_average": os.getloadavg()[0],
        "results": results,
    }


def add_request(command: argparse.ArgumentParser) -> None:
    """The options that say what is drawn, with which model."""
    command.add_argument("--original", type=Path, default=original("tiny-sd"))
    command.add_argument("--onnx", type=Path, default=MODELS / "tiny-sd")
    for name, default in (("threads", os.cpu_count()), ("steps", 4), ("size", 64), ("images", 1), ("runs", 3)):
        command.add_argument(f"--{name}", type=int, default=default)
    command.add_argument("--guidance-scale", type=float, default=7.5)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    making = commands.add_parser("make")
    making.add_argument("--out", type=Path, default=training_folder() / "bench")
    measuring = commands.add_parser("measure")
    measuring.add_argument("--runtime", dest="runtimes", action="append", choices=RUNTIMES)
    turns = commands.add_parser("turns")
    turns.add_argument("--runtime", required=True, choices=RUNTIMES)
    for command in (measuring, turns):
        add_request(command)
    asked = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    if asked.command == "make":
        make(asked.out)
    elif asked.command == "turns":
        take_turns(create_runtime(asked.runtime, asked), asked)
    else:
        print(json.dumps(measure(asked)))


if __name__ == "__main__":
    main()
