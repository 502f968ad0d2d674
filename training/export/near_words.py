"""near_words.json: which words outside the vocabulary are read as which inside it, and by which rules.

The services' tokenizer follows the same rules; training/README.md says them in order.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.export.near_word_tables import LOOK_ALIKES, SYNONYMS
from training.tokenizer import SPECIAL, Tokenizer

FILE = "near_words.json"
EDITS = ({"min_length": 5, "max_edits": 1}, {"min_length": 9, "max_edits": 2})
SHORTEST_CANDIDATE = 4
LETTERS = re.compile(r"[^\W\d_]+")


def synonyms(vocabulary: set[str]) -> dict[str, str]:
    """Typed word -> word of the vocabulary, for every line of the tables whose word is known."""
    found: dict[str, str] = {}
    for line in "\n".join(SYNONYMS).split("\n"):
        known, _, typed = line.partition(":")
        if known in vocabulary:
            found |= {word: known for word in typed.split() if word not in vocabulary}
    return dict(sorted(found.items()))


def near_words(tokenizer: Tokenizer) -> dict[str, Any]:
    """The content of near_words.json for a tokenizer."""
    known = set(tokenizer.words) - set(SPECIAL)
    table = synonyms(known)
    return {
        "version": 1,
        "synonyms": table,
        "never": sorted(set(LOOK_ALIKES.split()) - known - set(table)),
        "edits": list(EDITS),
        "shortest_candidate": SHORTEST_CANDIDATE,
    }


def write_near_words(tokenizer: Tokenizer, folder: Path) -> None:
    """Writes the table into a tokenizer's folder."""
    content = json.dumps(near_words(tokenizer), ensure_ascii=False, indent=1)
    (folder / FILE).write_text(content + "\n", encoding="utf-8")


def fold(word: str) -> str:
    """A word without its accents."""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def edits_between(left: str, right: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def common_prefix(left: str, right: str) -> int:
    """How many first letters two words share."""
    same = (a == b for a, b in zip(left, right, strict=False))
    return next((i for i, equal in enumerate(same) if not equal), min(len(left), len(right)))


@dataclass(frozen=True)
class NearWords:
    """Reads words as a tokenizer's near ones, by the rules of near_words.json."""

    words: list[str]
    table: dict[str, Any]

    def read(self, word: str) -> str | None:
        """The word of the vocabulary that a typed one (NFC, lower case) is read as; None where there is none."""
        if word in self.words:
            return word
        if word in self.table["synonyms"]:
            return self.table["synonyms"][word]
        if word in self.table["never"] or not LETTERS.fullmatch(word):
            return None
        return self._without_accents(word) or self._typed_wrongly(word)

    def _candidates(self) -> list[str]:
        shortest = self.table["shortest_candidate"]
        return [w for w in self.words if LETTERS.fullmatch(w) and len(w) >= shortest]

    def _without_accents(self, word: str) -> str | None:
        return next((known for known in self._candidates() if fold(known) == fold(word)), None)

    def _typed_wrongly(self, word: str) -> str | None:
        allowed = [r["max_edits"] for r in self.table["edits"] if len(word) >= r["min_length"]]
        near = [(edits_between(word, known), known) for known in self._candidates()]
        near = [(edits, known) for edits, known in near if edits <= max(allowed, default=0)]
        # The fewest edits, then the longest common beginning, then the vocabulary's order.
        return min(
            near, key=lambda pair: (pair[0], -common_prefix(word, pair[1])), default=(0, None)
        )[1]


def load_near_words(folder: Path, tokenizer: Tokenizer) -> NearWords:
    """Reads what `write_near_words` wrote."""
    return NearWords(tokenizer.words, json.loads((folder / FILE).read_text(encoding="utf-8")))
