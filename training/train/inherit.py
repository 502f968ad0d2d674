"""Begins a run from another one's weights, or an exported folder's, with more words or more network than it had."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import Tensor, nn

from training.export.load import load_family, read_config
from training.models.unet import ZERO_BRANCHES
from training.paths import run_folder
from training.tokenizer import load_tokenizer
from training.train.session import best_weights
from training.train.widen import widen

WORDS = "text_encoder.words.weight"
STUDENT = "student.json"
NEW_WORD_SCALE = 0.05
"""New words begin small, so that they take a direction quickly and disturb nothing until they have one."""


@dataclass(frozen=True)
class Origin:
    """Where a run begins: weights by name, and the words behind the rows of `WORDS` (none for motion)."""

    weights: dict[str, Tensor]
    words: list[str]


def distilled_steps(run: str) -> int:
    """How many steps a run's keyframe network was distilled for; 0 where it is no student."""
    file = run_folder(run) / STUDENT
    return json.loads(file.read_text())["steps"] if file.exists() else 0


def is_folder(source: str) -> bool:
    """Whether a `--from` names an exported folder rather than a run."""
    return (Path(source) / "model_index.json").exists()


def keyframe_origin(source: str) -> Origin:
    """Text encoder and keyframe network of a run or of an exported folder."""
    if not is_folder(source):
        weights = best_weights(source)
        return Origin(weights, load_tokenizer(run_folder(source) / "tokenizer").words)
    family = load_family(read_config(Path(source)), Path(source))
    parts = {"text_encoder": family.text_encoder, "unet": family.unet}
    weights = {
        f"{part}.{name}": value
        for part, module in parts.items()
        for name, value in module.state_dict().items()
    }
    return Origin(weights, load_tokenizer(Path(source) / "tokenizer").words)


def part_of(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights whose names begin so, e.g. "unet.", named without it."""
    return {
        name.removeprefix(prefix): value
        for name, value in weights.items()
        if name.startswith(prefix)
    }


def part_origin(source: str, part: Literal["motion_unet", "interpolator"]) -> Origin:
    """A network of a run or of an exported folder."""
    if not is_folder(source):
        return Origin(best_weights(source), [])
    family = load_family(read_config(Path(source)), Path(source))
    return Origin(getattr(family, part).state_dict(), [])


def layer_motion_origin(source: str) -> Origin:
    """What predicts how layers move, of a run or of an exported folder's motion network."""
    if not is_folder(source):
        return Origin(best_weights(source), [])
    return Origin(part_of(part_origin(source, "motion_unet").weights, "layer_motion."), [])


def move_to(
    weights: dict[str, Tensor], base: dict[str, Tensor], new: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Weights that were trained from `base`, as if from `new`: what they learned is added to it.

    Task arithmetic (arXiv 2212.04089) with factor 1; weights that `base` has no part in are carried as they are.
    """
    return {
        name: new[name] + value - base[name] if name in base else value
        for name, value in weights.items()
    }


def carry_words(old: Tensor, old_words: list[str], new: Tensor, new_words: list[str]) -> Tensor:
    """Embedding rows [new words, D]: words known to both keep their row, new ones keep `new`'s, made small."""
    rows = {word: index for index, word in enumerate(old_words)}
    carried = NEW_WORD_SCALE * new
    for index, word in enumerate(new_words):
        if word in rows:
            carried[index] = old[rows[word]]
    return carried


def load_weights(module: nn.Module, weights: dict[str, Tensor]) -> None:
    """Loads weights strictly, but for branches that begin at zero and that older weights do not have."""
    missing = module.load_state_dict(weights, strict=False)
    strange = [name for name in missing.missing_keys if not begins_at_zero(name)]
    if missing.unexpected_keys or strange:
        raise SystemExit(f"weights do not fit: lack {strange}, have {missing.unexpected_keys}")


def begins_at_zero(name: str) -> bool:
    """Whether a parameter belongs to a branch that adds nothing before training."""
    return any(branch in name for branch in ZERO_BRANCHES)


def inherit(model: nn.Module, origin: Origin, words: list[str] | None = None) -> str:
    """Fills a model from an origin, which may be narrower. Returns a summary.

    What the origin lacks must be a branch that begins at zero.
    """
    own, weights = model.state_dict(), dict(origin.weights)
    if words is not None:
        weights[WORDS] = carry_words(weights[WORDS], origin.words, own[WORDS], words)
    weights = widen(weights, {name: value.shape for name, value in own.items()})
    load_weights(model, weights)
    new, known = len(own.keys() - weights.keys()), len(set(origin.words) & set(words or ()))
    return f"{len(weights)} tensors inherited, {new} new; {known} of {len(words or ())} words known"
