"""The networks of the tiny pipelines: diffusers' and transformers' own classes, a few dozen channels wide."""

from typing import Any

import torch
from diffusers import AutoencoderKL, AutoencoderKLTemporalDecoder, UNet2DConditionModel
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)


def clip_text(
    tokenizer: CLIPTokenizer, width: int, projection: int | None = None, **options: Any
) -> CLIPTextModel | CLIPTextModelWithProjection:
    """A CLIP text encoder; with a projection where `projection` gives its size."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=4,
        projection_dim=projection or width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=1,
        **options,
    )
    model = CLIPTextModelWithProjection(config) if projection else CLIPTextModel(config)
    # Random as they are made, the embeddings of two prompts hardly differ.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embedding" in name:
                parameter.mul_(12 if "token" in name else 4)
    return model.eval()


def clip_vision(width: int, projection: int) -> CLIPVisionModelWithProjection:
    """A CLIP image encoder of 224x224 pixels, the size Stable Video Diffusion resizes to."""
    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=224,
        patch_size=32,
        projection_dim=projection,
    )
    return CLIPVisionModelWithProjection(config).eval()


def t5_text(tokenizer: T5TokenizerFast, width: int) -> T5EncoderModel:
    """A T5 encoder."""
    config = T5Config(
        vocab_size=len(tokenizer), d_model=width, d_kv=8, d_ff=2 * width, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, use_cache=False, initializer_factor=1.0,
    )  # fmt: skip
    return T5EncoderModel(config).eval()


def autoencoder(widths: tuple[int, ...], channels: int = 4, **options: Any) -> AutoencoderKL:
    """A variational autoencoder that halves the picture once between each two widths."""
    levels = len(widths)
    return AutoencoderKL(
        block_out_channels=widths,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=64,
        **options,
    )


def temporal_autoencoder(widths: tuple[int, ...]) -> AutoencoderKLTemporalDecoder:
    """Stable Video Diffusion's autoencoder: it encodes one frame and decodes all at once."""
    return AutoencoderKLTemporalDecoder(
        block_out_channels=widths, down_block_types=("DownEncoderBlock2D",) * len(widths), layers_per_block=1,
        sample_size=64,
    )  # fmt: skip


def unet(widths: tuple[int, ...], context: int, **options: Any) -> UNet2DConditionModel:
    """A conditional U-Net with attention at every level but the lowest, unless `options` say otherwise."""
    levels = len(widths)
    plain = {
        "down_block_types": ("CrossAttnDownBlock2D",) * (levels - 1) + ("DownBlock2D",),
        "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (levels - 1),
        "layers_per_block": 1,
        "attention_head_dim": 4,
        "norm_num_groups": 4,
        "in_channels": 4,
        "out_channels": 4,
    }
    return UNet2DConditionModel(block_out_channels=widths, cross_attention_dim=context, **(plain | options))
