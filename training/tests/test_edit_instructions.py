"""Instructions say what their edits mean, in both languages, and the two halves of wordings stay apart."""

import random
import re
from collections import defaultdict

import pytest

from training.edit_world.composing import is_held_out
from training.edit_world.foreign import SPEAKERS, draw_foreign, written
from training.edit_world.grammar import (
    LANGUAGES,
    Language,
    choose_parts,
    draw_any_edit,
    fill,
    split_form,
    tokens,
)
from training.edit_world.instructions import edit_words, foreign_exam, say, valid_exam
from training.edit_world.tasks import HEADS, NOT_UNDERSTOOD, TASK_NAMES, Edit
from training.tokenizer import UNK_ID, Tokenizer
from training.world.captions import vocabulary

ASKED = [
    ("it", "riproponi la clip al rallentatore", Edit("slow_motion"), {}),
    ("en", "make the dog blue", Edit("recolour", "blue"), {"it": "the dog", "v": "blue"}),
    ("it", "fai nevicare", Edit("weather", "snow"), {}),
    (
        "it",
        "metti un cappello al gatto",
        Edit("add", "hat"),
        {"a_v": "un cappello", "al": "al gatto"},
    ),
]


def pattern(template: str) -> re.Pattern[str]:
    """What a template says, its choices as alternatives."""
    body = re.escape(split_form(template)[1]).replace("<", "[").replace(">", "]")
    for escaped, plain in ((r"\[", "(?:"), (r"\]", ")"), ("[", "(?:"), ("]", ")"), (r"\|", "|")):
        body = body.replace(escaped, plain)
    return re.compile(body.replace(r"\ ", " ?"))


@pytest.mark.parametrize(("language", "text", "edit", "slots"), ASKED)
def test_the_usual_instructions_are_said(
    language: Language, text: str, edit: Edit, slots: dict[str, str]
) -> None:
    filled = defaultdict(str, slots)
    templates = SPEAKERS[language].WORDINGS.tasks[edit.task].templates("train", edit.value)
    assert any(pattern(fill(template, filled)).fullmatch(text) for template in templates)
    offered = [SPEAKERS[language].slots(edit, random.Random(i), None) for i in range(400)]
    for name, value in slots.items():
        assert value in {slots[name] for slots in offered}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_edit_can_be_said_in_both_halves(language: Language) -> None:
    rng = random.Random(1)
    for task in TASK_NAMES:
        if task == NOT_UNDERSTOOD:
            continue
        for _ in range(40):
            edit = draw_any_edit(rng, (task,))
            for split in ("train", "held_out"):
                text = say(edit, rng, language, split)
                assert "{" not in text and "[" not in text and "<" not in text, text
                assert len(tokens(text)) < 32, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_fills_for_every_value(language: Language) -> None:
    speaker, rng = SPEAKERS[language], random.Random(2)
    for task, wording in speaker.WORDINGS.tasks.items():
        edit = draw_any_edit(rng, (task,))
        for template in (*wording.train, *wording.held_out):
            plain = split_form(template)[1]
            assert fill(choose_parts(plain, rng), speaker.slots(edit, rng, None)), template


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_wordings_are_not_said_in_training(language: Language) -> None:
    for task, wording in SPEAKERS[language].WORDINGS.tasks.items():
        assert not set(wording.train) & set(wording.held_out), task
        assert len(wording.held_out) >= 2, task


@pytest.mark.parametrize("language", LANGUAGES)
def test_frames_do_not_lead_training_to_held_out_wordings(language: Language) -> None:
    speaker, rng = SPEAKERS[language], random.Random(4)
    for task, wording in speaker.WORDINGS.tasks.items():
        template = choose_parts(rng.choice(wording.held_out), rng)
        assert is_held_out(speaker, task, template)
        special = [t for found in wording.special_held_out.values() for t in found]
        assert all(is_held_out(speaker, task, choose_parts(t, rng)) for t in special)
    assert not is_held_out(speaker, "reverse", "xyz")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vocabulary_knows_most_of_what_training_says(language: Language) -> None:
    known, rng = set(edit_words()), random.Random(6)
    said = [word for _ in range(2_000) for word in tokens(say(draw_any_edit(rng), rng, language))]
    assert sum(word in known for word in said) > 0.97 * len(said)
    assert len(known) <= 3_000


def test_there_are_four_hundred_foreign_instructions_in_two_halves() -> None:
    halves = {split: {i.text for i in foreign_exam(split)} for split in ("train", "held_out")}
    assert sum(map(len, halves.values())) >= 400
    assert len(halves["held_out"]) >= 200
    # A nonsense string in both languages' lists counts once; none is in both halves.
    assert not halves["train"] & halves["held_out"]


def test_foreign_instructions_are_never_the_training_grammars_own() -> None:
    rng = random.Random(3)
    for language in LANGUAGES:
        said = {say(draw_any_edit(rng), rng, language) for _ in range(4_000)}
        foreign = {draw_foreign(rng, language) for _ in range(600)} | set(
            written(language, "held_out")
        )
        assert len(said & foreign) <= 2, said & foreign


def test_the_tokenizer_knows_captions_and_values_but_not_everything() -> None:
    tokenizer = Tokenizer(edit_words())
    assert set(vocabulary()) <= set(tokenizer.ids)
    for _language, text, _edit, _slots in ASKED:
        assert UNK_ID not in tokenizer.encode(text), text
    unknown = [i for i in foreign_exam() if UNK_ID in tokenizer.encode(i.text)]
    assert len(unknown) > 100


def test_exams_are_fixed_and_cover_every_task() -> None:
    exam = valid_exam(200, 1)
    assert [i.text for i in exam] == [i.text for i in valid_exam(200, 1)]
    assert {i.edit.task for i in exam} == set(TASK_NAMES) - {NOT_UNDERSTOOD}
    for instruction in exam:
        assert (
            any(instruction.edit.value in values for values in HEADS.values())
            or not instruction.edit.value
        )
