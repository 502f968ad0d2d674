"""Draws unselected pictures to count faults in by eye: `python -m training.evaluate.unselected FOLDER [--count 200]`.

Pages of 50 and a list of what was asked. None is left out, and the seeds are the first ones. Captions say all there is
to be seen; with `--terse` little, as people type: mostly no colour and no direction.
"""

import argparse
import random
from pathlib import Path

import torch
from torch.nn import functional as F

from training.data.render import DOMAINS
from training.evaluate.pipeline import DEFAULT_FOLDER, load_pipeline
from training.train.captions import terse_caption
from training.train.pictures import save_sheet
from training.train.watch import complete_prompts

PAGE, COLUMNS = 50, 10


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--domain", choices=sorted(DOMAINS), default="full")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--terse", action="store_true", help="prompts as people type them")
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    pipeline = load_pipeline(arguments.folder)
    rows, texts = complete_prompts(DOMAINS[arguments.domain], arguments.count, held_out=False)
    if arguments.terse:
        rng = random.Random(78)
        texts = [terse_caption(row, rng) for row in rows]
    lines = ["| page | row, column | seed | prompt |", "| --- | --- | --- | --- |"]
    for start in range(0, arguments.count, PAGE):
        page = start // PAGE + 1
        seeds = list(range(start, min(start + PAGE, arguments.count)))
        latents = pipeline.keyframes([texts[seed] for seed in seeds], seeds)
        pictures = torch.cat([F.avg_pool2d(pipeline.decode(part), 4) for part in latents.split(4)])
        save_sheet(pictures, COLUMNS, arguments.out / f"page-{page}.png", scale=1)
        for seed in seeds:
            row, column = divmod(seed - start, COLUMNS)
            lines.append(f"| {page} | {row + 1}, {column + 1} | {seed} | {texts[seed]} |")
    (arguments.out / "prompts.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{arguments.count} pictures in {arguments.out}")


if __name__ == "__main__":
    main()
