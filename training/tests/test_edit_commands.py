"""The edit commands at toy size, from pairs to measurements: they work together, not that anything was learned."""

from pathlib import Path

import pytest

from training.edit_world import pairs
from training.evaluate import edits, instructions, temporal
from training.export import editor, pocket
from training.train import edit, task_predictor

TINY = ["--preset", "tiny"]
MINUTES = ["--minutes", "0.02", "--finish", "0.01"]


def test_every_edit_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KINORA_TRAINING_DIR", str(tmp_path))
    keyframes = str(tmp_path / "keyframes")
    pocket.main(["--tiny", "--out", keyframes])
    for kind in ("pictures", "clips"):
        pairs.main([kind, *TINY])
    task_predictor.main(MINUTES)
    edit.main([*TINY, "--from", keyframes, "--minutes", "0.02"])
    edit.main([*TINY, "--from", keyframes, *MINUTES])
    model = tmp_path / "model"
    editor.main([*TINY, "--out", str(model)])
    instructions.main(["--count", "56"])
    edits.main(
        ["--folder", keyframes, "--edit-folder", str(model), "--count", "2", "--drift", "1"]
        + ["--steps", "1", "--tasks", "recolour", "camera", "--sheets", str(tmp_path / "sheets")]
    )
    temporal.main(
        ["--folder", keyframes, "--edit-folder", str(model), "--count", "1", "--decoded", "1"]
    )
    said = capsys.readouterr().out
    assert "resumed at" in said and "held-out foreign instructions" in said
    assert "even frames beside the source's, decoded: 99.0 dB" in said
    assert "recolour it: efficacy" in said and "drift after 1 to 5 turns, thresholded" in said
    assert (tmp_path / "sheets/recolour.png").exists()
