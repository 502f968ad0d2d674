"""Makes the gallery: `python -m training.evaluate.gallery [--out docs/gallery] [--domain full] [--count 32]`.

Clips of seeds 0, 1, 2, ... with nothing left out, English and Italian in turn, the default sentence first: one MP4
each (ffmpeg must be there), a contact sheet of five frames a clip, and an index with the prompts.
"""

import random
import shutil
import subprocess
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.render import DOMAINS, draw_attributes
from training.evaluate.pipeline import (
    DEFAULT_SENTENCE,
    Pipeline,
    evaluation_arguments,
    load_pipeline,
)
from training.paths import REPOSITORY
from training.train.pictures import save_sheet, to_pixels
from training.world.attributes import Domain
from training.world.captions import caption

FPS, SIZE = 16, 512
STRIP = (0, 16, 32, 48, 64)
STRIPS_PER_ROW = 2


def gallery_prompts(domain: Domain, count: int) -> list[str]:
    """The default sentence, then captions drawn once, English and Italian in turn."""
    rng = random.Random(2)
    drawn = [
        caption(draw_attributes(rng, domain, held_out=None), rng, language=("it", "en")[i % 2])
        for i in range(count)
    ]
    return [DEFAULT_SENTENCE, *drawn[1:]]


def write_video(frames: Tensor, path: Path) -> None:
    """Frames float32 [T, 3, 512, 512] as H.264."""
    command = [
        *("ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"),
        *("-s", f"{SIZE}x{SIZE}", "-r", str(FPS), "-i", "-", "-c:v", "libx264", "-threads", "1"),
        *("-pix_fmt", "yuv420p", "-crf", "26", "-preset", "slow", "-movflags", "+faststart"),
        str(path),
    ]
    subprocess.run(command, input=to_pixels(frames).tobytes(), check=True)


def make_clip(pipeline: Pipeline, text: str, seed: int) -> Tensor:
    """One clip as the services make it, decoded: float32 [65, 3, 512, 512]."""
    key = pipeline.keyframes([text], [seed])
    latents = pipeline.interpolate(pipeline.animate(key, [text], [seed])[0])
    return pipeline.decode(latents)


def write_index(out: Path, texts: list[str]) -> None:
    """README.md: what every clip was asked for."""
    lines = [
        "# Gallery",
        "",
        f"{len(texts)} clips of seeds 0 to {len(texts) - 1}, none left out, made by",
        "`python -m training.evaluate.gallery`. The sheet shows seconds 0 to 4 of each, two clips a row.",
        "",
        "![contact sheet](contact-sheet.jpg)",
        "",
        "| seed | prompt | clip |",
        "| --- | --- | --- |",
        *(f"| {i} | {text} | [{i:02d}.mp4]({i:02d}.mp4) |" for i, text in enumerate(texts)),
    ]
    (out / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    parser = evaluation_arguments(__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs/gallery")
    parser.add_argument("--count", type=int, default=32)
    arguments = parser.parse_args(argv)
    if not shutil.which("ffmpeg"):
        raise SystemExit("ffmpeg is missing")
    torch.set_num_threads(1)
    pipeline = load_pipeline(arguments.folder)
    texts = gallery_prompts(DOMAINS[arguments.domain], arguments.count)
    arguments.out.mkdir(parents=True, exist_ok=True)
    strips = []
    for seed, text in enumerate(texts):
        frames = make_clip(pipeline, text, seed)
        write_video(frames, arguments.out / f"{seed:02d}.mp4")
        strips.append(F.avg_pool2d(frames[list(STRIP)], 4))
        print(f"{seed}: {text}", flush=True)
    sheet = arguments.out / "contact-sheet.jpg"
    save_sheet(torch.cat(strips), STRIPS_PER_ROW * len(STRIP), sheet, scale=1)
    write_index(arguments.out, texts)


if __name__ == "__main__":
    main()
