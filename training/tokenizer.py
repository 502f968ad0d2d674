"""The word-level tokenizer: text to 32 word ids, as a Hugging Face `tokenizer.json` and as the same rules here."""

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAD, NULL, UNK = "<pad>", "<null>", "<unk>"
SPECIAL = (PAD, NULL, UNK)
PAD_ID, NULL_ID, UNK_ID = 0, 1, 2
MAX_LENGTH = 32
# Rust regex (the file's readers) and JavaScript's /u know \p{L}; Python's re spells the same set as below.
SEPARATORS = r"[^\p{L}\p{N}]+"
WORD = re.compile(r"[^\W_]+")


class Tokenizer:
    """Maps text to word ids: NFC, lowercase, runs of letters and digits, unknown words to <unk>."""

    def __init__(self, words: Sequence[str]) -> None:
        known = [word for word in words if word not in SPECIAL]
        self.words = [*SPECIAL, *known]
        self.ids = {word: index for index, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def split(self, text: str) -> list[str]:
        """The words of a text, normalised, known or not."""
        return WORD.findall(unicodedata.normalize("NFC", text).lower())

    def encode(self, text: str) -> list[int]:
        """Ids padded to 32. Blank text is the unconditional row [<null>, <pad>, ...]."""
        ids = [self.ids.get(word, UNK_ID) for word in self.split(text)][:MAX_LENGTH]
        return pad(ids or [NULL_ID])

    def encode_noisy(self, text: str, rng: random.Random, rate: float = 0.02) -> list[int]:
        """Ids for training: words become <unk>, and <unk> is inserted, each at `rate`, so unknown words do no harm."""
        noisy: list[int] = []
        for word in self.split(text):
            if rng.random() < rate:
                noisy.append(UNK_ID)
            noisy.append(UNK_ID if rng.random() < rate else self.ids.get(word, UNK_ID))
        return pad(noisy[:MAX_LENGTH])

    def tokenizer_json(self) -> dict[str, Any]:
        """The `tokenizer.json` that the tokenizers library and its ports read."""
        return {
            "version": "1.0",
            "truncation": {
                "direction": "Right",
                "max_length": MAX_LENGTH,
                "strategy": "LongestFirst",
                "stride": 0,
            },
            "padding": {
                "strategy": {"Fixed": MAX_LENGTH},
                "direction": "Right",
                "pad_to_multiple_of": None,
                "pad_id": PAD_ID,
                "pad_type_id": 0,
                "pad_token": PAD,
            },
            "added_tokens": [
                {
                    "id": index,
                    "content": token,
                    "single_word": False,
                    "lstrip": False,
                    "rstrip": False,
                    "normalized": False,
                    "special": True,
                }
                for index, token in enumerate(SPECIAL)
            ],
            "normalizer": {
                "type": "Sequence",
                "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}],
            },
            "pre_tokenizer": {
                "type": "Split",
                "pattern": {"Regex": SEPARATORS},
                "behavior": "Removed",
                "invert": False,
            },
            "post_processor": None,
            "decoder": None,
            "model": {"type": "WordLevel", "vocab": self.ids, "unk_token": UNK},
        }

    def save(self, folder: Path) -> None:
        """Writes tokenizer.json and tokenizer_config.json."""
        folder.mkdir(parents=True, exist_ok=True)
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_LENGTH,
            "pad_token": PAD,
            "unk_token": UNK,
            "null_token": NULL,
            "do_lower_case": True,
        }
        for name, content in (
            ("tokenizer.json", self.tokenizer_json()),
            ("tokenizer_config.json", config),
        ):
            (folder / name).write_text(
                json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )


def load_tokenizer(folder: Path) -> Tokenizer:
    """Reads back what `Tokenizer.save` wrote."""
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = content["model"]["vocab"]
    return Tokenizer(sorted(vocabulary, key=vocabulary.__getitem__))


def pad(ids: Sequence[int]) -> list[int]:
    """Fills up to 32 with <pad>."""
    return [*ids, *[PAD_ID] * (MAX_LENGTH - len(ids))]


def unconditional_ids() -> list[int]:
    """The row of a blank text, which the models learned as "anything"."""
    return pad([NULL_ID])
