"""Draws 16 typed prompts, 8 English and 8 Italian, seeds 0 to 15: `python -m training.evaluate.prompts FILE`."""

import argparse
from pathlib import Path

from torch.nn import functional as F

from training.evaluate.pipeline import DEFAULT_FOLDER, load_pipeline
from training.train.pictures import save_sheet

PROMPTS = (
    "a red dog runs on a grassy hill",
    "a white cat sleeps in the snow at night",
    "a yellow duck swims in the lake at sunset",
    "a purple rabbit jumps in the city",
    "a brown bear with a hat dances in the forest in the rain",
    "a pink robot waves on the moon at night",
    "a green penguin with a scarf stands in the snow",
    "a black horse runs on a farm in the fog",
    "un cane che corre su una collinetta erbosa",
    "una volpe blu che salta nel deserto",
    "un pesce arancione nuota verso sinistra sott'acqua",
    "un uccello blu vola in città al tramonto",
    "una macchina gialla con un palloncino sulla spiaggia",
    "un gatto nero con gli occhiali seduto su un prato",
    "un pinguino dorme sulla neve di notte",
    "un robot rosso balla nel bosco mentre nevica",
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
