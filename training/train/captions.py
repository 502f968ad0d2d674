"""Captions as the networks get them: word ids, with dropped, unknown and missing words."""

import random
from pathlib import Path

import torch
from torch import Tensor

from training.paths import run_folder
from training.tokenizer import Tokenizer, load_tokenizer, unconditional_ids
from training.world.attributes import Attributes, Domain, sample_attributes
from training.world.captions import caption, vocabulary

UNCONDITIONAL_RATE = 0.1
COMPLETE_RATE = 0.35
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


class CaptionSource:
    """Draws training captions: English or Italian, sometimes complete, sometimes none at all."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def ids(self, attributes: list[Attributes], rng: random.Random) -> Tensor:
        """One caption per scene, int64 [B, 32]."""
        return torch.tensor([self._row(row, rng) for row in attributes])

    def _row(self, attributes: Attributes, rng: random.Random) -> list[int]:
        if rng.random() < UNCONDITIONAL_RATE:
            return unconditional_ids()
        text = caption(attributes, rng, complete=rng.random() < COMPLETE_RATE)
        return self.tokenizer.encode_noisy(text, rng)
