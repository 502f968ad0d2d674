"""The networks' shapes, and the promises their zero initialisation makes."""

import math

import pytest
import torch
from torch.nn import functional as F

from training.config import TINY
from training.export.sizes import family_config, motion_config, unet_config
from training.models.blocks import WordQueries, guidance_scale_embedding
from training.models.codec import DecoderConfig, FrameDecoder, Upsampler
from training.models.interpolator import Interpolator, InterpolatorConfig
from training.models.layer_motion import LAYERS
from training.models.motion_unet import LAYER_LOGIT, MotionUNet
from training.models.text_encoder import TextEncoder, TextEncoderConfig
from training.models.unet import UNet

TEXT = torch.randn(2, 32, 8)


def test_padding_does_not_change_the_words_before_it() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(TextEncoderConfig(vocab_size=20)).eval()
    ids = torch.tensor([[5, 6, 7, *[0] * 29]])
    changed = ids.clone()
    changed[0, 10] = 9
    assert encoder(ids).shape == (1, 32, 128)
    assert not encoder(ids)[0, 3:].any()
    assert (
        encoder(ids)[0, :3] - encoder(changed)[0, :3]
    ).abs().max() > 0  # a word, unlike padding, does
    padded = encoder(torch.cat([ids, changed]))
    assert torch.allclose(padded[0], encoder(ids)[0], atol=1e-6)


def test_unet_predicts_a_picture() -> None:
    out = UNet(unet_config(TINY))(torch.randn(2, 3, 64, 64), torch.rand(2) * 1000, TEXT)
    assert out.shape == (2, 3, 64, 64)


def test_motion_unet_begins_between_the_keyframe_network_and_the_key_frame() -> None:
    torch.manual_seed(1)
    keyframes, motion = UNet(unet_config(TINY)), MotionUNet(motion_config(TINY))
    torch.nn.init.normal_(keyframes.conv_out.weight)
    missing, unexpected = motion.load_state_dict(keyframes.state_dict(), strict=False)
    assert missing and not unexpected
    frames, timestep = torch.randn(2, 3, 15, 64, 64), torch.rand(2) * 1000
    key = torch.randn(2, 3, 64, 64)
    out = motion(frames, timestep, TEXT, key, torch.arange(1, 16) / 4)
    assert out.shape == frames.shape
    drawn = keyframes(frames[:, :, 4], timestep, TEXT)
    # The rest is taken of layers, which do not move yet.
    made = 1 / (1 + LAYERS * math.exp(LAYER_LOGIT))
    assert torch.allclose(out[:, :, 4], made * (drawn + key) / 2 + (1 - made) * key, atol=1e-5)


def test_untrained_interpolator_blends_the_two_neighbours() -> None:
    frames, known = torch.randn(2, 4, 3, 64, 64), torch.tensor([[0.0, 1, 1, 0]]).repeat(2, 1)
    out = Interpolator(InterpolatorConfig())(frames, known, torch.tensor([0.5, 2.0]))
    assert torch.allclose(out[0], (frames[0, 1] + frames[0, 2]) / 2, atol=0.05)
    assert torch.allclose(out[1], frames[1, 2], atol=0.2)


def test_unknown_frames_may_hold_anything() -> None:
    model = family_config(TINY, 8).build().interpolator
    frames, known = torch.randn(1, 4, 3, 64, 64), torch.tensor([[1.0, 1, 1, 0]])
    other = frames.clone()
    other[:, 3] = 9
    assert torch.equal(
        model(frames, known, torch.tensor([1.5])), model(other, known, torch.tensor([1.5]))
    )


def test_untrained_upsampler_is_bicubic() -> None:
    latents = torch.rand(2, 3, 64, 64) * 2 - 1
    made = Upsampler(DecoderConfig())(latents)
    assert torch.allclose(made, F.interpolate(latents, scale_factor=8, mode="bicubic"), atol=1e-5)
    pixels = FrameDecoder(Upsampler(DecoderConfig()))(latents)
    assert pixels.shape == (2, 512, 512, 3) and pixels.dtype == torch.uint8


def test_a_student_begins_as_its_teacher_and_is_told_the_scale_as_diffusers_tells_it() -> None:
    torch.manual_seed(2)
    teacher, student = UNet(unet_config(TINY)), UNet(unet_config(TINY, distilled_steps=4))
    torch.nn.init.normal_(teacher.conv_out.weight)
    missing, unexpected = student.load_state_dict(teacher.state_dict(), strict=False)
    assert not unexpected and all("guidance_embedding" in name for name in missing)
    x, timestep = torch.randn(2, 3, 64, 64), torch.tensor([100.0, 900.0])
    told = guidance_scale_embedding(torch.tensor([1.0, 7.5]))
    assert torch.equal(student(x, timestep, TEXT, told), teacher(x, timestep, TEXT))
    assert not told[0, :64].any() and told[0, 64:].eq(1).all()  # w = 0: sines, then cosines
    assert told[1, 63].item() == pytest.approx(math.sin(6500 / 10000), abs=1e-4)


def test_queries_do_not_ask_padding() -> None:
    queries = WordQueries(8, 4, 2)
    torch.nn.init.normal_(queries.out.weight)
    text = torch.randn(1, 5, 8)
    padded = torch.cat([text, torch.zeros(1, 27, 8)], 1)
    assert torch.allclose(queries(text), queries(padded), atol=1e-6)
