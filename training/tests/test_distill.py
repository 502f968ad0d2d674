"""The student's answers: Euler with the target x0 arrives where the teacher's guided steps ended."""

import torch

from training.config import TINY
from training.train.captions import CaptionSource, domain_tokenizer
from training.train.distill import LeapSource, trajectories
from training.train.t2i import TextToImage
from training.world.attributes import FIRST_DOMAIN


def test_leaps_lead_to_where_the_teacher_arrived() -> None:
    torch.manual_seed(0)
    teacher = TextToImage(TINY, 12).eval()
    torch.nn.init.normal_(teacher.unet.conv_out.weight, std=0.3)
    ids = torch.tensor([[5, 6, *[0] * 30], [7, *[0] * 31]])
    noise, steps = torch.randn(2, 3, 64, 64), 3
    scale = torch.tensor([1.0, 4.0])
    leaps = trajectories(teacher, ids, noise, scale, steps, substeps=2)
    assert leaps.x.shape == (6, 3, 64, 64) and torch.equal(leaps.x[:2], noise)
    for step in range(steps):
        rows = slice(2 * step, 2 * step + 2)
        sigma = leaps.sigma[rows][0].item()
        assert abs(sigma - (1 - step / steps)) < 1e-6
        arrived = leaps.x[rows] + (leaps.target[rows] - leaps.x[rows]) / (steps * sigma)
        if step < steps - 1:
            assert torch.allclose(arrived, leaps.x[2 * step + 2 : 2 * step + 4], atol=1e-4)
    assert torch.equal(leaps.guidance, scale.repeat(steps))


def test_leaps_are_kept_and_mixed() -> None:
    torch.manual_seed(0)
    tokenizer = domain_tokenizer(FIRST_DOMAIN)
    teacher = TextToImage(TINY, len(tokenizer)).eval()
    source = LeapSource(teacher, CaptionSource(tokenizer), FIRST_DOMAIN, 2, 1, reuse=2)
    for step in range(8):
        leaps = source.batch(step, 3)
        assert leaps.x.shape == leaps.target.shape == (3, 3, 64, 64)
        assert leaps.input_ids.shape == (3, 32)
        assert set(leaps.sigma.tolist()) <= {1.0, 0.5}
    assert len(source.bank) == 2  # every 4 steps of training one batch of trajectories is asked for
