"""The tokenizer's rules, and that its file gives back the same tokenizer."""

import random
from pathlib import Path

from training.tokenizer import (
    MAX_LENGTH,
    NULL_ID,
    PAD_ID,
    UNK_ID,
    Tokenizer,
    load_tokenizer,
    unconditional_ids,
)

TOKENIZER = Tokenizer(["cane", "corre", "città", "un", "runs", "2"])


def test_splits_on_everything_but_letters_and_digits() -> None:
    assert TOKENIZER.split("Un CANE, che_corre... nella citta\u0300 2!") == [
        "un",
        "cane",
        "che",
        "corre",
        "nella",
        "città",
        "2",
    ]


def test_known_words_have_their_ids_and_unknown_ones_share_one() -> None:
    ids = TOKENIZER.encode("un drago corre")
    assert ids[:3] == [TOKENIZER.ids["un"], UNK_ID, TOKENIZER.ids["corre"]]
    assert ids[3:] == [PAD_ID] * (MAX_LENGTH - 3)


def test_blank_text_is_the_unconditional_row() -> None:
    assert (
        TOKENIZER.encode("  ...") == unconditional_ids() == [NULL_ID, *[PAD_ID] * (MAX_LENGTH - 1)]
    )


def test_long_text_is_cut() -> None:
    assert len(TOKENIZER.encode("cane " * 100)) == MAX_LENGTH


def test_noise_only_adds_or_makes_unknown_words() -> None:
    rng = random.Random(0)
    rows = [TOKENIZER.encode_noisy("un cane corre", rng, rate=0.5) for _ in range(200)]
    assert {index for row in rows for index in row} <= {
        *TOKENIZER.encode("un cane corre"),
        UNK_ID,
        PAD_ID,
    }
    assert any(UNK_ID in row for row in rows)


def test_the_file_gives_back_the_tokenizer(tmp_path: Path) -> None:
    TOKENIZER.save(tmp_path)
    assert load_tokenizer(tmp_path).ids == TOKENIZER.ids
