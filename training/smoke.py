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
    from training.evaluate import keyframes
    from training.export import pocket, slow
    from training.train import (
        distill,
        i2v,
        interpolate,
        judge,
        layer_motion,
        locate,
        t2i,
        upsample,
        watch,
    )

    watch.SHEET_MINUTES = 0.02
    tiny, full = ["--preset", "tiny"], ["--domain", "full"]
    for kind in ("keyframes", "clips", "windows", "exams", "stills"):
        render.main([kind, *tiny])
    for kind in ("keyframes", "clips"):
        render.main([kind, *tiny, *full])
    upsample.main([*tiny, *MINUTES])
    upsample.main([*tiny, "--autoencoder", "--name", "autoencoder", "--samples", "8"])
    judge.main([*tiny, *MINUTES])
    locate.main([*tiny, *MINUTES])
    t2i.main([*tiny, "--minutes", "0.03"])
    t2i.main([*tiny, "--freeze-text", *MINUTES, "--judge", "judge"])
    t2i.main([*tiny, "--last-layers", "--contrast", "20", *MINUTES])
    layer_motion.main([*tiny, *MINUTES])
    i2v.main([*tiny, "--contrast", "10", *MINUTES])
    interpolate.main([*tiny, "--contrast", "5", *MINUTES])
    distill.main([*tiny, "--steps", "2", "--substeps", "1", *MINUTES])
    slow.main(["--out", str(folder / "slow.onnx"), "--iterations", "10"])
    small, student, large = (folder / f"models/{name}" for name in ("small", "student", "large"))
    pocket.main([*tiny, "--out", str(small)])
    pocket.main([*tiny, "--out", str(student), "--t2i", "t2i-student"])
    begun = [*tiny, *full, "--from", str(small), "--minutes", "0.03"]
    t2i.main([*begun, "--name", "t2i-full", "--also", "keyframes-first:0.2"])
    layer_motion.main([*tiny, *full, "--name", "layers-full", "--t2i", "t2i-full", *MINUTES])
    motion = [
        "--layer-motion",
        "layers-full",
        "--name",
        "i2v-full",
        "--t2i",
        "t2i-full",
        "--base",
        str(small),
    ]
    i2v.main([*begun, *motion, "--also", "clips-first:0.2"])
    pocket.main(
        [*tiny, *full, "--out", str(large), "--t2i", "t2i-full", "--i2v", "i2v-full"]
        + ["--layer-motion", "layers-full"]
    )
    keyframes.main(
        ["--folder", str(student), "--domain", "first", "--judge", "judge", "--count", "0"]
    )
    measure(folder, ["--folder", str(small), "--domain", "first"])


def measure(folder: Path, here: list[str]) -> None:
    """Runs every measurement on a few pictures."""
    from training.evaluate import (
        codecs,
        consistency,
        curves,
        decoder,
        gallery,
        interpolation,
        keyframes,
        motion,
        novelty,
        unselected,
    )

    few, judged = ["--steps", "2", "--count"], [*here, "--judge", "judge"]
    keyframes.main([*judged, *few, "4", "--sheet", str(folder / "keyframes.png")])
    motion.main([*judged, *few, "2", "--locator", "locator", "--sheet", str(folder / "motion.png")])
    interpolation.main(here)
    decoder.main([*judged, "--count", "4", "--sheet", str(folder / "decoder.png")])
    codecs.main(["--preset", "tiny", "--domain", "first", "--count", "2"])
    curves.main([str(folder / "curves.svg"), "t2i", "i2v"])
    consistency.main([*here, "--count", "1"])
    novelty.main([*judged, "--count", "4", "--sheet", str(folder / "novelty.png")])
    unselected.main([str(folder / "unselected"), *here, "--count", "3"])
    gallery.main([*here, "--out", str(folder / "gallery"), "--count", "1"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        smoke(Path(folder))
    print("smoke: every command ran")


if __name__ == "__main__":
    main()
