"""Beginning from other weights: known words keep their rows, added branches change nothing, misfits are refused."""

from pathlib import Path

import pytest
import torch

from training.config import TINY
from training.export.folder import write_folder
from training.export.pocket import tiny_family
from training.tokenizer import Tokenizer
from training.train.inherit import (
    NEW_WORD_SCALE,
    WORDS,
    Origin,
    carry_words,
    inherit,
    keyframe_origin,
    move_to,
    part_origin,
)
from training.train.rows import balanced_weights
from training.train.t2i import TextToImage
from training.world.attributes import FIRST_DOMAIN, FULL_DOMAIN, Attributes

OLD, NEW = Tokenizer(["cane", "corre", "gatto"]), Tokenizer(["cane", "drago", "gatto", "nuota"])


def test_words_known_to_both_keep_their_rows() -> None:
    old, new = torch.randn(len(OLD), 4), torch.randn(len(NEW), 4)
    carried = carry_words(old, OLD.words, new, NEW.words)
    for word in ("<pad>", "<null>", "<unk>", "cane", "gatto"):
        assert torch.equal(carried[NEW.ids[word]], old[OLD.ids[word]])
    for word in ("drago", "nuota"):
        assert torch.equal(carried[NEW.ids[word]], NEW_WORD_SCALE * new[NEW.ids[word]])


def test_what_was_learned_from_one_base_is_added_to_another() -> None:
    base, new = {"a": torch.tensor([1.0, 2.0])}, {"a": torch.tensor([5.0, 5.0])}
    learned = {"a": torch.tensor([1.5, 2.0]), "motion": torch.tensor([7.0])}
    moved = move_to(learned, base, new)
    assert moved["a"].tolist() == [5.5, 5.0]
    assert moved["motion"].tolist() == [7.0]


def test_a_larger_model_draws_what_the_smaller_one_did() -> None:
    torch.manual_seed(0)
    small = TextToImage(TINY, len(OLD))
    torch.nn.init.normal_(small.unet.conv_out.weight)
    lacking = {name: v for name, v in small.state_dict().items() if "text_queries" not in name}
    large = TextToImage(TINY, len(NEW))
    inherit(large, Origin(lacking, OLD.words), NEW.words)
    noise, timestep = torch.randn(1, 3, 64, 64), torch.tensor([900.0])
    said = [torch.tensor([tokens.encode("gatto cane")]) for tokens in (OLD, NEW)]
    with torch.no_grad():
        assert torch.equal(small(noise, timestep, said[0]), large(noise, timestep, said[1]))


def test_weights_that_do_not_fit_are_refused() -> None:
    model = TextToImage(TINY, len(NEW))
    weights = {name: v for name, v in model.state_dict().items() if "conv_in" not in name}
    with pytest.raises(SystemExit, match="conv_in"):
        inherit(model, Origin(weights, NEW.words), NEW.words)


def test_a_folder_is_an_origin(tmp_path: Path) -> None:
    words = Tokenizer(["un", "cane", "corre", "su", "una", "collina"])
    family = tiny_family(words)
    write_folder(family, words, FIRST_DOMAIN, tmp_path / "tiny")
    origin = keyframe_origin(str(tmp_path / "tiny"))
    assert origin.words == words.words
    assert torch.allclose(origin.weights[WORDS], family.text_encoder.words.weight, rtol=1e-3)
    assert (
        part_origin(str(tmp_path / "tiny"), "motion_unet").weights.keys()
        == family.motion_unet.state_dict().keys()
    )


def test_rare_values_are_drawn_more_often() -> None:
    common = Attributes("dog", "red", "hill", "day", "clear", "run", "left", "none", "still")
    rare = Attributes("fox", "red", "hill", "day", "fog", "run", "left", "none", "still")
    assert FULL_DOMAIN.contains(rare)
    weights = balanced_weights([common] * 9 + [rare])
    assert weights.sum() == pytest.approx(1)
    # Nine attributes, two of which should be met half the time: 2/9 * 1/2 + 7/9 * 1/10.
    assert weights[-1] == pytest.approx(2 / 9 / 2 + 7 / 9 / 10)
