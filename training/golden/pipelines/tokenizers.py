"""Tokenizers of a few hundred tokens that work like CLIP's and T5's, trained on a page of text."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import regex
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from tokenizers.trainers import UnigramTrainer
from transformers import CLIPTokenizer, T5TokenizerFast

from training.golden.pipelines.pictures import MEDIA, NAMES

MERGES = 230
END_OF_WORD = "</w>"
START, END = "<|startoftext|>", "<|endoftext|>"
# CLIP's own split (github.com/openai/CLIP, simple_tokenizer.py).
SPLIT = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
PAGE = f"""
a photo of a ball in front of a sky, a painting of the sea at sunset, a picture of two dogs running on the grass,
a cat asleep on the red sofa, highly detailed, trending on artstation, 4k, octane render, soft light, sharp focus,
un cane che corre su una collinetta erbosa, una barca sul lago al tramonto, il gatto dorme sul divano rosso,
make the ball blue, turn the sky green, as if it were winter, don't change the background, it's the woman's hat,
low quality, blurry, watermark, deformed hands, an astronaut riding a horse on mars, the little prince, a cafe in Paris,
a sketch of mountains behind a lake, a bowl of soup that is also a portal, portrait of an old man with a white beard
{" ".join(NAMES)} {" ".join(MEDIA)}
"""


def byte_alphabet() -> list[str]:
    """The character that stands for each byte, in the order of CLIP's vocabulary, which begins with `!`."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return [chr(byte) for byte in shown] + [chr(256 + i) for i in range(len(hidden))]


def learn_merges(text: str, count: int) -> list[tuple[str, str]]:
    """Byte-pair merges, the most frequent pair first (Sennrich et al., arXiv 1508.07909); ties go by the alphabet."""
    words = Counter((*word[:-1], word[-1] + END_OF_WORD) for word in SPLIT.findall(text.lower()) if word.isascii())
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                pairs[pair] += times
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged: Counter[tuple[str, ...]] = Counter()
        for word, times in words.items():
            merged[join(word, best)] += times
        words = merged
    return merges


def join(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """The word with every occurrence of the pair made one token."""
    parts, i = [], 0
    while i < len(word):
        both = tuple(word[i : i + 2]) == pair
        parts.append(word[i] + word[i + 1] if both else word[i])
        i += 2 if both else 1
    return tuple(parts)


def clip_tokenizer(folder: Path, pad_token: str = END) -> CLIPTokenizer:
    """The slow class, as pipelines on the hub name it: it saves vocab.json and merges.txt, no tokenizer.json."""
    merges = learn_merges(PAGE, MERGES)
    alphabet = byte_alphabet()
    tokens = [*alphabet, *(token + END_OF_WORD for token in alphabet), *("".join(pair) for pair in merges), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, rules = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps({token: i for i, token in enumerate(tokens)}, ensure_ascii=False))
    rules.write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    return CLIPTokenizer(
        str(vocabulary), str(rules), unk_token=END, bos_token=START, eos_token=END, pad_token=pad_token,
        model_max_length=77,
    )  # fmt: skip


def t5_tokenizer() -> T5TokenizerFast:
    """A unigram model with T5's special tokens, metaspace and template."""
    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = UnigramTrainer(
        vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(PAGE.split("\n"), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return T5TokenizerFast(tokenizer_object=tokenizer, extra_ids=0, model_max_length=512)
