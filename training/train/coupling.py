"""What a caption leaves open, the noise decides: pictures are paired with noise that agrees with them.

A network that sees one noise with a subject looking left and, as often, looking right can only draw both at once: two
heads and, as the sun stands ahead of the subject, two suns. Flow matching is free to choose which noise goes with which
picture as long as both keep their distribution (Pooladian et al., arXiv 2304.14772). A scene and its mirror image are
equally likely, so the one is taken whose subject looks where the noise is brighter; then a seed's noise already tells.
"""

import torch
from torch import Tensor

from training.tokenizer import NULL_ID, Tokenizer
from training.world import lexicon_english, lexicon_italian
from training.world.attributes import Attributes

SIDE_WORDS = (*lexicon_english.SIDES.values(), *lexicon_italian.SIDES.values())


def leaves_direction_open(input_ids: Tensor, tokenizer: Tokenizer) -> Tensor:
    """Which rows of word ids [B, 32] say something, but no direction: bool [B]."""
    sides = torch.tensor([tokenizer.ids[word] for word in SIDE_WORDS if word in tokenizer.ids])
    return ~torch.isin(input_ids, sides).any(1) & (input_ids[:, 0] != NULL_ID)


def brighter_right(noise: Tensor) -> Tensor:
    """Whether the right half of noise [B, 3, H, W] is brighter than its left half: bool [B], even odds."""
    left, right = noise.chunk(2, dim=-1)
    return right.mean((1, 2, 3)) > left.mean((1, 2, 3))


def mirrored_to_agree(rows: list[Attributes], noise: Tensor, is_open: Tensor) -> Tensor:
    """Which pictures are to be mirrored, bool [B]: those of an open direction that look away from the brighter half."""
    looks_right = torch.tensor([row.direction == "right" for row in rows])
    return is_open & (looks_right != brighter_right(noise))


def mirror(pictures: Tensor, chosen: Tensor) -> Tensor:
    """Mirrors the chosen rows of pictures [B, C, H, W]."""
    return torch.where(chosen[:, None, None, None], pictures.flip(-1), pictures)
