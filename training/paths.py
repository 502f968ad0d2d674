"""Where training keeps what is not committed: data, checkpoints, logs, sample sheets."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def training_folder() -> Path:
    """`KINORA_TRAINING_DIR`, by default `.training/` in the repository; made when missing."""
    folder = Path(os.environ.get("KINORA_TRAINING_DIR", REPOSITORY / ".training"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_folder(name: str) -> Path:
    """The folder of one rendered data set."""
    return training_folder() / "data" / name


def run_folder(name: str) -> Path:
    """The folder of one training run: checkpoint, log, sample sheets; made when missing."""
    folder = training_folder() / "runs" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
