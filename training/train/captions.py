"""Captions as the networks get them: word ids, with dropped, unknown and missing words."""

import random
from pathlib import Path

import torch
from torch import Tensor

from training.paths import run_folder
from training.tokenizer import Tokenizer, load_tokenizer, unconditional_ids
from training.world import grammar_english, grammar_italian
from training.world.attributes import Attributes, Domain, sample_attributes
from training.world.captions import caption, vocabulary
from training.world.grammar import Said

UNCONDITIONAL_RATE = 0.1
COMPLETE_SHARE = 0.3
"""How many captions say all that is to be seen."""

TERSE_SHARE = 4 / 7
TERSE_PROBABILITY = 0.35
"""People often type no more than who does what, and where: so do four of seven of the other captions."""

VOCABULARY_CAPTIONS = 40_000


def domain_tokenizer(domain: Domain) -> Tokenizer:
    """A tokenizer of the words that captions of this domain use: a word never trained on stays unknown."""
    rng, used = random.Random(17), set[str]()
    splitter = Tokenizer(())
    for _ in range(VOCABULARY_CAPTIONS):
        used.update(splitter.split(caption(sample_attributes(rng, domain), rng)))
    return Tokenizer([word for word in vocabulary() if word in used])


def run_tokenizer(name: str, domain: Domain) -> Tokenizer:
    """The tokenizer of a run, made at its first start and kept beside its checkpoint."""
    folder: Path = run_folder(name) / "tokenizer"
    if not folder.exists():
        domain_tokenizer(domain).save(folder)
    return load_tokenizer(folder)


def terse_caption(attributes: Attributes, rng: random.Random) -> str:
    """A caption like "a dog runs on a hill": colour, time and direction are said about one time in three each."""

    def now_and_then() -> bool:
        return rng.random() < TERSE_PROBABILITY

    said = Said(
        colour=now_and_then(),
        place=rng.random() < 0.9,
        time=now_and_then(),
        weather=attributes.weather != "clear",
        action=rng.random() < 0.9,
        direction=now_and_then(),
        accessory=attributes.accessory != "none",
        camera=attributes.camera != "still",
    )
    grammar = rng.choice((grammar_english, grammar_italian))
    return grammar.compose(attributes, said, rng)


class CaptionSource:
    """Draws training captions: English or Italian, some complete, sometimes none at all.

    What a caption leaves open, the network can only average: while shapes are learned, say more than people do.
    """

    def __init__(self, tokenizer: Tokenizer, complete_share: float = COMPLETE_SHARE) -> None:
        self.tokenizer, self.complete_share = tokenizer, complete_share

    def ids(self, attributes: list[Attributes], rng: random.Random) -> Tensor:
        """One caption per scene, int64 [B, 32]."""
        return torch.tensor([self._row(row, rng) for row in attributes])

    def _row(self, attributes: Attributes, rng: random.Random) -> list[int]:
        if rng.random() < UNCONDITIONAL_RATE:
            return unconditional_ids()
        if rng.random() < self.complete_share:
            text = caption(attributes, rng, complete=True)
        elif rng.random() < TERSE_SHARE:
            text = terse_caption(attributes, rng)
        else:
            text = caption(attributes, rng)
        return self.tokenizer.encode_noisy(text, rng)
