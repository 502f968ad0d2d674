"""What measures edits: judged times, drift, and the thresholding that packages/media is held to."""

import json

import numpy as np
import pytest
import torch

from training.edit_world.tasks import EDIT_DOMAINS
from training.evaluate.edit_drift import LOCAL_TASKS, TURNS, draw_turns
from training.evaluate.edit_exams import changed_pixels, draw_exams, full_size, nearest
from training.evaluate.edits import closeness
from training.evaluate.temporal import FPS, TEMPORAL_TASKS, WorldClip, judge_times, matched_times
from training.golden import threshold
from training.train.pictures import to_tensor

SOURCE = np.arange(65) / FPS
CHANGED = {
    "slow_motion": np.arange(129) / (2 * FPS),
    "faster": SOURCE[::2],
    "reverse": SOURCE[::-1],
    "loop": np.concatenate([SOURCE, SOURCE[-2:0:-1]]),
}


@pytest.mark.parametrize("task", TEMPORAL_TASKS)
def test_a_changed_time_is_judged_right_and_every_other_wrong(task: str) -> None:
    for name, times in {**CHANGED, "copy": SOURCE}.items():
        assert all(judge_times(times, task).values()) == (name == task), name


def test_repeated_frames_are_no_slow_motion_of_the_whole_clip() -> None:
    stopped = np.concatenate([np.zeros(64), np.arange(65) / FPS])
    assert not all(judge_times(stopped, "slow_motion").values())


def test_frames_are_matched_with_their_own_moments() -> None:
    ramp = torch.linspace(-1, 1, 129)[:, None, None, None].expand(129, 3, 4, 4)
    clip = WorldClip(ramp, torch.ones(129, 4, 4), "en")
    assert np.allclose(matched_times(ramp[::4].flip(0), clip), np.arange(128, -1, -4) / 32)


def test_turns_of_a_drift_follow_one_another() -> None:
    turns = draw_turns(EDIT_DOMAINS["first"], 0)
    assert len(turns) == TURNS and {turn.pair.edit.task for turn in turns} <= set(LOCAL_TASKS)
    for before, after in zip(turns, turns[1:], strict=False):
        assert before.pair.target == after.pair.source


def test_the_exact_edit_is_nearest_to_itself_and_changes_nothing_else() -> None:
    domain = EDIT_DOMAINS["first"]
    exam = draw_exams(domain, "recolour", 1)[0]
    truth = torch.from_numpy(exam.pair.latents(list(exam.times), after=True))
    assert nearest(exam, domain, to_tensor(truth.numpy())) == exam.pair.target.colour
    source, edited = (full_size(exam.pair, exam.times, after=after) for after in (False, True))
    assert 0 < changed_pixels(source, edited).mean() < 0.5
    assert closeness(edited, edited, source)["outside"] == 0


def test_the_cases_of_packages_media_are_what_thresholding_gives() -> None:
    cases = [threshold.draw_case(*shape) for shape in threshold.SHAPES]
    assert json.loads(threshold.FIXTURE.read_text(encoding="utf-8")) == cases
