"""What frames of a clip are mixed of: the layer that shows what is there is the one to take."""

import torch

from training.config import TINY
from training.export.sizes import motion_config
from training.models.layer_motion import LAYERS
from training.models.motion_unet import Layered, MotionUNet
from training.train.i2v import LAYERS_RATE, choice_error, optimizer_for


def layered(first: float, second: float) -> Layered:
    """A drawn picture that is 0 all over and one layer that is 1, with these shares."""
    shares = torch.tensor([first, second])[None, :, None, None].expand(1, 2, 8, 8)
    pictures = torch.stack([torch.zeros(3, 8, 8), torch.ones(3, 8, 8)])[None]
    return Layered(shares, pictures)


def test_the_nearest_is_to_be_taken() -> None:
    sigma = torch.tensor([0.8])
    for x0, taken, left in ((1.0, (0.1, 0.9), (0.9, 0.1)), (0.0, (0.9, 0.1), (0.1, 0.9))):
        true = torch.full((1, 3, 8, 8), x0)
        assert choice_error(layered(*taken), true, sigma) < choice_error(
            layered(*left), true, sigma
        )
    sure = choice_error(layered(0.0, 1.0), torch.ones(1, 3, 8, 8), sigma)
    assert sure < 1e-3


def test_what_fits_alike_is_shared() -> None:
    sigma, pictures = torch.tensor([0.8]), torch.ones(1, 2, 3, 8, 8)
    even, odd = (
        choice_error(layered(*shares)._replace(pictures=pictures), pictures[:, 0], sigma)
        for shares in ((0.5, 0.5), (0.9, 0.1))
    )
    assert even < odd


def test_frames_are_the_mixture() -> None:
    torch.manual_seed(0)
    model = MotionUNet(motion_config(TINY)).eval()
    clip, key = torch.randn(1, 3, 16, 64, 64), torch.randn(1, 3, 64, 64)
    text = torch.randn(1, 32, model.config.cross_attention_dim)
    asked = (clip, torch.tensor([500.0]), text, key, torch.arange(1, 17) / 4)
    frames, mixture = model.mixed(*asked)
    assert mixture is not None
    assert mixture.shares.shape == (16, 1 + LAYERS, 64, 64)
    assert torch.equal(frames, model(*asked))
    assert torch.allclose(mixture.mixed(), frames[0].transpose(0, 1), atol=1e-6)


def test_every_parameter_learns_and_layers_faster() -> None:
    model = MotionUNet(motion_config(TINY))
    rest, layers = optimizer_for(model, 1e-3).param_groups
    assert layers["scale"] == LAYERS_RATE
    assert len(rest["params"]) + len(layers["params"]) == len(list(model.parameters()))
