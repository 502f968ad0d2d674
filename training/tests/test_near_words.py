"""Words outside the vocabulary: inflections, synonyms and typing errors are read; look-alikes are not."""

import json
from pathlib import Path

import pytest

from training.export.near_words import (
    NearWords,
    edits_between,
    load_near_words,
    near_words,
    write_near_words,
)
from training.train.captions import domain_tokenizer
from training.world.attributes import FULL_DOMAIN

TOKENIZER = domain_tokenizer(FULL_DOMAIN)
NEAR = NearWords(TOKENIZER.words, near_words(TOKENIZER))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("cane", "cane"),
        ("cani", "cane"),
        ("foxes", "fox"),
        ("correre", "corre"),
        ("nere", "nera"),
        ("citta", "città"),
        ("puppies", "dog"),
        ("crimson", "red"),
        ("rabit", "rabbit"),
        ("penguni", "penguin"),
        ("yelow", "yellow"),
        ("spiagia", "spiaggia"),
        ("coniglieto", "coniglietto"),
        ("palonncino", "palloncino"),
        ("sunglases", "sunglasses"),
    ],
)
def test_near_words_are_read(typed: str, read: str) -> None:
    assert NEAR.read(typed) == read


@pytest.mark.parametrize(
    "typed", ["house", "torta", "castello", "train", "whale", "kat", "xyz", "elefante", "9", "b2b"]
)
def test_other_words_stay_unknown(typed: str) -> None:
    assert NEAR.read(typed) is None


def test_tables_lead_into_the_vocabulary_and_nowhere_twice() -> None:
    known = set(TOKENIZER.words)
    assert set(NEAR.table["synonyms"].values()) <= known
    assert not set(NEAR.table["synonyms"]) & known
    assert not set(NEAR.table["never"]) & (known | set(NEAR.table["synonyms"]))
    assert len(NEAR.table["synonyms"]) > 400


def test_edits_count_swaps_once() -> None:
    assert edits_between("cane", "caen") == 1
    assert edits_between("volpe", "volpe") == 0
    assert edits_between("rabbit", "rabit") == 1
    assert edits_between("", "ab") == 2


def test_the_file_is_what_was_written(tmp_path: Path) -> None:
    write_near_words(TOKENIZER, tmp_path)
    assert json.loads((tmp_path / "near_words.json").read_text()) == NEAR.table
    assert load_near_words(tmp_path, TOKENIZER).read("gatti") == "gatto"
