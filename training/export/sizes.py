"""The sizes of the families this repository exports."""

from training.config import Preset
from training.export.components import FamilyConfig
from training.models.codec import DecoderConfig
from training.models.interpolator import InterpolatorConfig
from training.models.motion_unet import MotionUNetConfig
from training.models.text_encoder import TextEncoderConfig
from training.models.unet import UNetConfig

TINY_WIDTHS = (8, 8, 16)
TEXT_QUERIES = 8
LAYER_MOTION_CHANNELS = 192


def unet_config(preset: Preset, distilled_steps: int = 0) -> UNetConfig:
    """The keyframe network's sizes under a preset; the condition is as wide as the deepest level."""
    return UNetConfig(**_unet_fields(preset), distilled_steps=distilled_steps)


def motion_config(preset: Preset) -> MotionUNetConfig:
    """The motion network's sizes: the keyframe network's, from which it starts."""
    small = preset.widths == TINY_WIDTHS
    return MotionUNetConfig(
        **_unet_fields(preset), layer_channels=32 if small else LAYER_MOTION_CHANNELS
    )


def _unet_fields(preset: Preset) -> dict[str, object]:
    small = preset.widths == TINY_WIDTHS
    layers = {"layers_per_block": 1, "mid_layers": 1} if small else {}
    text = {"cross_attention_dim": text_config(preset, 0).hidden_size}
    return {
        "block_out_channels": preset.widths,
        "condition_channels": preset.widths[2],
        "text_queries": 2 if small else TEXT_QUERIES,
        **layers,
        **text,
    }


def text_config(preset: Preset, vocab_size: int) -> TextEncoderConfig:
    """The text encoder's sizes under a preset."""
    if preset.widths == TINY_WIDTHS:
        return TextEncoderConfig(
            vocab_size=vocab_size, hidden_size=8, num_hidden_layers=1, num_attention_heads=2
        )
    return TextEncoderConfig(vocab_size=vocab_size)


def family_config(preset: Preset, vocab_size: int, distilled_steps: int = 0) -> FamilyConfig:
    """The sizes of every network of a family; `distilled_steps` where the keyframe network is a student."""
    small = preset.widths == TINY_WIDTHS
    return FamilyConfig(
        text_config(preset, vocab_size),
        unet_config(preset, distilled_steps),
        motion_config(preset),
        InterpolatorConfig(widths=TINY_WIDTHS, condition_channels=16)
        if small
        else InterpolatorConfig(mid_layers=4),
        DecoderConfig(widths=(8, 8), blocks=(1, 1)) if small else DecoderConfig(),
    )
