"""The measures themselves: known movements are told apart, equal sets are at distance zero."""

import pytest
import torch

from training.evaluate.consistency import measures
from training.evaluate.kernel import kernel_distance, scale_of
from training.evaluate.pipeline import Pipeline
from training.evaluate.track import displacement, last_followed, verdict
from training.export.pocket import tiny_family
from training.tokenizer import Tokenizer
from training.train.judge import mirror_some


def squares(starts: list[int], speeds: list[int]) -> torch.Tensor:
    """Masks [N, 8, 64, 64] of squares of 10 pixels that move."""
    masks = torch.zeros(len(starts), 8, 64, 74)
    for clip, (start, speed) in enumerate(zip(starts, speeds, strict=True)):
        for frame in range(8):
            left = start + speed * frame
            masks[clip, frame, 20:30, left : left + 10] = 1
    return masks[..., :64]


def test_direction_and_speed_are_found() -> None:
    masks = squares([10, 40, 30], [3, -2, 0])
    true = displacement(masks, last_followed(masks))
    assert true.tolist() == [21, -14, 0]
    found = torch.tensor([10.5, 14.0, 1.0])
    said = verdict(found, true)
    assert (said["moving"], said["right way"], said["resting"], said["stays"]) == (2, 0.5, 1, 1)
    assert verdict(true, true)["speed"] == 1


def test_a_subject_is_followed_only_while_it_is_in_the_picture() -> None:
    masks = squares([45], [4])
    assert last_followed(masks).tolist() == [2]


def test_kernel_distance_tells_shifted_features_from_equal_ones() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 300, 16, generator=generator)
    scale = scale_of(x)
    assert abs(kernel_distance(scale(x), scale(y))) < 60
    assert kernel_distance(scale(x), scale(y + 1)) > 300


def test_who_is_shown_in_a_mirror_looks_the_other_way() -> None:
    pictures = torch.zeros(64, 3, 4, 4)
    pictures[..., 0] = 1
    told = {"direction": torch.zeros(64, dtype=torch.long), "subject": torch.arange(64)}
    generator = torch.Generator().manual_seed(0)
    shown, answers = mirror_some(pictures, told, generator)
    is_mirrored = shown[:, 0, 0, 3] == 1
    assert 16 < is_mirrored.sum() < 48
    assert torch.equal(answers["direction"], is_mirrored.long())
    assert torch.equal(answers["subject"], told["subject"])


def test_interpolated_clips_hold_the_key_frames() -> None:
    words = Tokenizer(["un", "cane"])
    pipeline = Pipeline(tiny_family(words), words)
    clip = torch.rand(17, 3, 64, 64) * 2 - 1
    frames = pipeline.interpolate(clip)
    assert frames.shape == (65, 3, 64, 64)
    assert torch.equal(frames[::4], clip)


def test_pumping_shows() -> None:
    steady = torch.linspace(0, 1, 65)[None, :, None, None, None].expand(1, -1, 3, 4, 4)
    assert measures(steady)["change into key frames / half-way between"] == pytest.approx(1)
    jumps = steady.clone()
    jumps[:, ::4] += 0.5
    assert measures(jumps)["change into key frames / half-way between"] > 2
