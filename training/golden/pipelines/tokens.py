"""Token ids of odd prompts: `python -m training.golden.pipelines.tokens`.

By the fast tokenizers, whose behaviour is the only one left in transformers 5; the slow CLIPTokenizer of transformers 4
differs on some of these (quotes, ligatures, CJK, control characters).
"""

import json
from collections.abc import Iterator
from pathlib import Path

from transformers import CLIPTokenizerFast, T5TokenizerFast

from training.golden.pipelines.cases import FOLDER, quiet
from training.golden.pipelines.models import MODELS
from training.golden.pipelines.requests import BALL, LONG, SEA
from training.golden.pipelines.run import T5_LENGTH
from training.golden.pipelines.tiny import TINY

CLIP_LENGTH = 77
PROMPTS = (
    "",
    " ",
    BALL,
    SEA,
    LONG,
    "x" * 300,
    "A  Photo\tof\n\na  BALL  ",
    "it's the woman's hat, don't, I'LL, we've, they'd, he'M",
    "“curly” ‘quotes’ — dashes… and «guillemets»",
    "fish &amp; chips &lt;b&gt; &quot;quoted&quot; &#233;",
    "ﬁne ﬂuﬀy ligatures, ½ cup, x², Ⅷ, ℃, ™",
    "un caffè però perché: naïve façade, Ångström, Žižek, São",
    "cafe\u0301 with a combining accent and cafe\u0301s",
    "İstanbul, STRASSE ẞ ß, ΣΊΣΥΦΟΣ ς, ǅungla",
    "北京的猫 東京タワー 한국어 고양이",
    "привет мир, γειά σου, שלום, مرحبا, नमस्ते",
    "🐕‍🦺 👩‍👩‍👧 🏳️‍🌈 ❤️ 1️⃣ 🇮🇹",
    "\ufeffbyte order mark, zero\u200bwidth, soft\u00adhyphen, no\u00a0break\u3000wide",
    "control\u0000\u0001\u0007 characters\u007f and \u0085 \u2028 \ufffd",
    "1234567890 3.14 1,000 4k 16:9 100% $5 #hashtag @me under_score snake_case_",
    "!!! ??? ... -- == ~~ ^^ `` \\ / | [ ] { } ( ) < >",
    "<|endoftext|> inside <|startoftext|> words",
    "</s> <pad> <unk> <extra_id_0>",
    "a" + " b" * 74,
    "a" + " b" * 75,
    "a" + " b" * 76,
    " , ".join("word" for _ in range(40)),
)


def encode(tokenizer: CLIPTokenizerFast | T5TokenizerFast, text: str, length: int) -> list[int]:
    """Padded and cut as the pipelines do."""
    return tokenizer(text, padding="max_length", max_length=length, truncation=True).input_ids


def token_file(model: Path) -> str | None:
    """The text of one model's file; None where the model has no words."""
    rows = {}
    for folder in sorted(model.glob("tokenizer*")):
        unigram = (folder / "tokenizer.json").exists()
        kind, length = (T5TokenizerFast, T5_LENGTH) if unigram else (CLIPTokenizerFast, CLIP_LENGTH)
        tokenizer = kind.from_pretrained(folder, local_files_only=True)
        rows[folder.name] = [{"text": text, "ids": encode(tokenizer, text, length)} for text in PROMPTS]
    if not rows:
        return None
    lines = [
        f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in encoded) + "\n]" for name, encoded in rows.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def token_files() -> Iterator[tuple[Path, str]]:
    """Every file and its text."""
    for name in TINY:
        text = token_file(MODELS / name)
        if text is not None:
            yield FOLDER / f"tokens/{name}.json", text


def main() -> None:
    quiet()
    for path, text in token_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
