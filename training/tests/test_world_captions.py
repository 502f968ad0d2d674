"""Captions state what they should, in good English and Italian, with a closed vocabulary."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from training.world import lexicon_english, lexicon_italian
from training.world.attributes import (
    FIRST_DOMAIN,
    FULL_DOMAIN,
    Attributes,
    Domain,
    sample_attributes,
)
from training.world.captions import LANGUAGES, MAX_WORDS, Language, caption, vocabulary, words

DOG = Attributes("dog", "red", "hill", "day", "clear", "run", "right", "none", "still")
GENDERS = {noun.word: noun.gender for nouns in lexicon_italian.NOUNS.values() for noun in nouns}
AGREEING = "ross|giall|bianc|ner|azzurr|piccol|simpatic|ferm|sedut|addormentat|rivolt|girat|stess"


def samples(domain: Domain, count: int, language: Language | None = None) -> list[str]:
    """Captions of sampled scenes, every second one complete."""
    rng = random.Random(7)
    return [
        caption(
            sample_attributes(rng, domain),
            rng,
            language=language,
            complete=i % 2 == 0,
        )
        for i in range(count)
    ]


def can_emit(attributes: Attributes, language: Language, sentence: str) -> bool:
    """Whether the sentence turns up among many captions of a scene."""
    rng = random.Random(0)
    return any(caption(attributes, rng, language=language) == sentence for _ in range(40_000))


@pytest.mark.parametrize("domain", [FIRST_DOMAIN, FULL_DOMAIN], ids=["first", "full"])
def test_the_vocabulary_is_closed_and_captions_are_short(domain: Domain) -> None:
    known = set(vocabulary())
    for text in samples(domain, 10_000):
        assert text == text.lower()
        assert len(words(text)) <= MAX_WORDS
        assert set(words(text)) <= known, text


def test_every_word_of_the_vocabulary_is_emitted() -> None:
    used = {word for text in samples(FULL_DOMAIN, 12_000) for word in words(text)}
    assert len(set(vocabulary()) - used) <= 2


def test_the_vocabulary_is_sorted_and_unique() -> None:
    assert list(vocabulary()) == sorted(set(vocabulary()))


def test_the_split_takes_apostrophes_and_keeps_accents() -> None:
    assert words("Un'anatra è in città, sott'acqua") == [
        "un", "anatra", "è", "in", "città", "sott", "acqua",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("it", "un cane che corre su una collinetta erbosa"),
        ("it", "un cane corre su una collinetta erbosa"),
        ("it", "un cane sta correndo su una collinetta erbosa"),
        ("it", "un cane mentre corre su una collinetta erbosa"),
        ("en", "a dog runs on a grassy hill"),
        ("en", "a dog running on a grassy hill"),
        ("en", "a dog is running on a grassy hill"),
        ("en", "a dog that runs on a grassy hill"),
    ],
)
def test_the_usual_sentences_are_emitted(language: Language, sentence: str) -> None:
    assert can_emit(DOG, language, sentence)


def _noun(text: str) -> str | None:
    return next((word for word in words(text) if word in GENDERS), None)


def test_italian_agrees_in_gender() -> None:
    for text in samples(FULL_DOMAIN, 6_000, "it"):
        noun = _noun(text)
        assert noun, text
        ending = "o" if GENDERS[noun] == "m" else "a"
        # What follows "di colore", and the places and skies, agree with nouns of their own.
        own = re.sub(r"di colore \w+|cielo \w+|campo \w+|notte \w+", "", text)
        for word in re.findall(rf"\b(?:{AGREEING})[oa]\b", own):
            assert word.endswith(ending), text


def test_italian_articles_agree() -> None:
    article = re.compile(r"\b(un'|l'|una |un |il |la )((?:piccol|simpatic)[oa]\s)?([^\W\d_]+)")
    for text in samples(FULL_DOMAIN, 6_000, "it"):
        for found, size, noun in article.findall(text):
            if noun not in GENDERS:
                continue
            follows = (size or noun)[0]
            assert (follows in "aeiou") or found.strip() not in ("un'", "l'"), text
            if found.strip() in ("una", "la", "un'"):
                assert GENDERS[noun] == "f", text
            if found.strip() in ("un", "il"):
                assert GENDERS[noun] == "m", text
        assert not re.search(r"\b(una|il|la) [aeiou]\w*", _subject_only(text)), text


def _subject_only(text: str) -> str:
    noun = _noun(text)
    return text[: text.index(noun) + len(noun)] if noun else ""


def test_english_articles_match_the_next_sound() -> None:
    for text in samples(FULL_DOMAIN, 6_000, "en"):
        assert not re.search(r"\ba [aeiou]", text), text
        assert not re.search(r"\ban [^aeiou]", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_complete_captions_state_everything(language: Language) -> None:
    rng = random.Random(3)
    lexicon = lexicon_english if language == "en" else lexicon_italian
    for _ in range(2000):
        attributes = replace(sample_attributes(rng, FULL_DOMAIN), accessory="hat", camera="zoom")
        text = caption(attributes, rng, language=language, complete=True)
        said = set(words(text))
        assert said & {"hat", "cappello"} and said & {"zoom", "zooming", "zooms", "avvicina"}
        assert lexicon.SIDES[attributes.direction] in said
        colours = {c.format(o=e) for c in lexicon.COLOURS[attributes.colour] for e in "oa"}
        assert said & colours, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_defaults_are_not_stated_when_complete(language: Language) -> None:
    rng = random.Random(4)
    for _ in range(500):
        said = set(words(caption(DOG, rng, language=language, complete=True)))
        assert not said & {"camera", "telecamera", "cappello", "hat", "sereno", "clear"}
