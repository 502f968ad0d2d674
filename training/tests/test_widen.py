"""A wider network that begins with a narrower one's weights computes the same, but for what norms make of copies."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from training.models.motion_unet import MotionUNet, MotionUNetConfig
from training.models.unet import UNet, UNetConfig
from training.train import widen

NARROW = {
    "block_out_channels": (24, 24, 48),
    "condition_channels": 48,
    "text_queries": 2,
    "layers_per_block": 1,
    "mid_layers": 1,
}
WIDE = {"block_out_channels": (32, 32, 64), "condition_channels": 64}


def without_norms(module: nn.Module) -> nn.Module:
    """Only there is a wider network the same to the last digit."""
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.GroupNorm) or (
                isinstance(child, nn.LayerNorm) and child.normalized_shape != (128,)
            ):
                setattr(parent, name, nn.Identity())
    return module.eval()


def questions(frames: int | None) -> list[Tensor]:
    """What a network is asked: of a picture, or of a clip with so many frames."""
    generator = torch.Generator().manual_seed(1)
    sample = torch.randn(2, 3, *([frames] if frames else []), 64, 64, generator=generator)
    text = torch.randn(2, 32, 128, generator=generator)
    clip = [sample[:, :, 0], torch.arange(1, frames + 1) / 4] if frames else []
    return [sample, torch.tensor([900.0, 200.0]), text, *clip]


@pytest.mark.parametrize(
    ("kind", "config", "frames"),
    [(UNet, UNetConfig(**NARROW), None), (MotionUNet, MotionUNetConfig(**NARROW), 3)],
)
def test_a_wider_network_does_the_same(
    kind: type[UNet], config: UNetConfig, frames: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    narrow = without_norms(kind(config))
    with torch.no_grad():
        for parameter in narrow.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.1)
    wide = without_norms(kind(replace(config, **WIDE)))
    shapes = {name: value.shape for name, value in wide.state_dict().items()}
    asked = questions(frames)
    with torch.no_grad():
        expected = narrow(*asked)
        monkeypatch.setattr(widen, "DISTURBANCE", 0.0)
        wide.load_state_dict(widen.widen(narrow.state_dict(), shapes))
        assert torch.allclose(wide(*asked), expected, rtol=1e-3, atol=1e-4 * expected.abs().max())
        monkeypatch.setattr(widen, "DISTURBANCE", 0.05)
        wide.load_state_dict(widen.widen(narrow.state_dict(), shapes))
        assert not torch.allclose(wide(*asked), expected, rtol=1e-3)


def test_copies_lie_beside_their_source_in_every_block() -> None:
    assert widen.copied_from(6, 8).tolist() == [0, 1, 2, 2, 3, 4, 5, 5]
    assert widen.copied_from(2, 4).tolist() == [0, 0, 1, 1]


def test_what_fits_already_is_left_alone() -> None:
    weights = {"a": torch.randn(3), "elsewhere": torch.randn(2)}
    assert widen.widen(weights, {"a": torch.Size([3])}) == weights
