"""Draws 16 typed prompts, 8 English and 8 Italian, seeds 0 to 15: `python -m training.evaluate.prompts FILE`."""

import argparse
from pathlib import Path

from torch.nn import functional as F

from training.evaluate.pipeline import DEFAULT_FOLDER, load_pipeline
from training.train.pictures import save_sheet

PROMPTS = (
    "a red dog runs on a grassy hill",
    "a white cat stands in the snow at night",
    "a yellow bird walks on the beach at sunset",
    "a purple rabbit jumps in the city",
    "a black dog walks in the snow by day",
    "a green bird jumps on a grassy hill at sunset",
    "an orange cat runs in the city at night",
    "a blue rabbit stands on the beach",
    "un cane che corre su una collinetta erbosa",
    "un gatto nero salta sulla spiaggia",
    "un coniglio bianco corre sulla neve di notte",
    "un uccello blu cammina in città al tramonto",
    "un cane giallo salta sulla spiaggia al tramonto",
    "un gatto viola cammina su un prato",
    "un coniglio verde sta fermo in città di notte",
    "un uccello rosso salta sulla neve",
)


def main(argv: list[str] | None = None) -> None:
    """Writes the sheet, four pictures a row, in the order of PROMPTS."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    arguments = parser.parse_args(argv)
    pipeline = load_pipeline(arguments.folder)
    latents = pipeline.keyframes(list(PROMPTS), list(range(len(PROMPTS))))
    save_sheet(F.avg_pool2d(pipeline.decode(latents), 2), 4, arguments.file, scale=1)


if __name__ == "__main__":
    main()
