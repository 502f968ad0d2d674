"""Where a caption leaves the direction open, pictures are paired with noise that agrees, and with none otherwise."""

import torch

from training.tokenizer import Tokenizer, unconditional_ids
from training.train.coupling import (
    brighter_right,
    leaves_direction_open,
    mirror,
    mirrored_to_agree,
)
from training.world.attributes import Attributes

TOKENIZER = Tokenizer(["a", "dog", "runs", "to", "the", "left", "un", "cane", "verso", "destra"])
RIGHT = Attributes("dog", "red", "hill", "day", "clear", "run", "right", "none", "still")
LEFT = Attributes("dog", "red", "hill", "day", "clear", "run", "left", "none", "still")


def test_a_direction_is_read_in_both_languages() -> None:
    texts = ["a dog runs", "a dog runs to the left", "un cane verso destra", "un cane"]
    ids = torch.tensor([*(TOKENIZER.encode(text) for text in texts), unconditional_ids()])
    assert leaves_direction_open(ids, TOKENIZER).tolist() == [True, False, False, True, False]


def test_the_noise_decides_an_open_direction_only() -> None:
    noise = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    right = brighter_right(noise).tolist()
    assert any(right)
    assert not all(right)
    shown, is_open = [RIGHT, LEFT, RIGHT, LEFT], torch.tensor([True, True, False, False])
    turned = mirrored_to_agree(shown, noise, is_open).tolist()
    assert turned == [not right[0], right[1], False, False]


def test_every_picture_that_may_be_turned_agrees_with_its_noise() -> None:
    generator = torch.Generator().manual_seed(3)
    noise = torch.randn(400, 3, 8, 8, generator=generator)
    shown = [RIGHT, LEFT] * 200
    turned = mirrored_to_agree(shown, noise, torch.ones(400, dtype=torch.bool))
    looks_right = torch.tensor([row.direction == "right" for row in shown]) ^ turned
    assert torch.equal(looks_right, brighter_right(noise))
    assert 0.4 < turned.float().mean() < 0.6


def test_only_the_chosen_are_mirrored() -> None:
    pictures = torch.arange(16.0).reshape(2, 1, 2, 4)
    made = mirror(pictures, torch.tensor([True, False]))
    assert torch.equal(made[0], pictures[0].flip(-1))
    assert torch.equal(made[1], pictures[1])
