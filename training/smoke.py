"""The whole pipeline at toy size in a temporary folder: `python -m training.smoke` (about a minute).

Data, every training command (begun, stopped, resumed, finished), export, the loader, every measurement. It proves that
the commands work together, not that anything was learned.
"""

import os
import tempfile
from pathlib import Path

MINUTES = ["--minutes", "0.03", "--finish", "0.02"]


def smoke(folder: Path) -> None:
    """Runs every command in the order of README.md."""
    os.environ["KINORA_TRAINING_DIR"] = str(folder)
    from training.data import render
    from training.evaluate import decoder, interpolation, keyframes, motion
    from training.export import pocket, slow
    from training.train import i2v, interpolate, judge, t2i, upsample

    for kind in ("keyframes", "clips", "windows", "exams", "stills"):
        render.main([kind, "--preset", "tiny"])
    tiny = ["--preset", "tiny"]
    upsample.main([*tiny, *MINUTES])
    judge.main([*tiny, *MINUTES])
    t2i.main([*tiny, "--minutes", "0.03"])
    t2i.main([*tiny, "--freeze-text", *MINUTES])
    i2v.main([*tiny, *MINUTES])
    interpolate.main([*tiny, *MINUTES])
    model = folder / "models/smoke"
    pocket.main([*tiny, "--out", str(model)])
    slow.main(["--out", str(folder / "slow.onnx"), "--iterations", "10"])
    here = ["--folder", str(model)]
    keyframes.main(
        [*here, "--count", "4", "--steps", "2", "--sheet", str(folder / "keyframes.png")]
    )
    motion.main([*here, "--count", "2", "--steps", "1", "--sheet", str(folder / "motion.png")])
    interpolation.main(here)
    decoder.main(
        [*here, "--domain", "first", "--count", "4", "--sheet", str(folder / "decoder.png")]
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        smoke(Path(folder))
    print("smoke: every command ran")


if __name__ == "__main__":
    main()
