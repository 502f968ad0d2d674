"""The tiny pipelines, one function each, as diffusers builds them; weights still random."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from diffusers import (
    DDIMScheduler,
    DiffusionPipeline,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    PNDMScheduler,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    StableVideoDiffusionPipeline,
    UNetSpatioTemporalConditionModel,
)
from transformers import CLIPImageProcessor

from training.golden.pipelines.networks import (
    autoencoder,
    clip_text,
    clip_vision,
    t5_text,
    temporal_autoencoder,
    unet,
)
from training.golden.pipelines.tokenizers import clip_tokenizer, t5_tokenizer

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
NO_CHECKER: dict[str, Any] = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def tiny_sd(scratch: Path) -> StableDiffusionPipeline:
    """Stable Diffusion 1.5: noise prediction, PNDM."""
    tokenizer = clip_tokenizer(scratch)
    return StableDiffusionPipeline(
        vae=autoencoder((8, 8, 16, 16)),
        text_encoder=clip_text(tokenizer, 32),
        tokenizer=tokenizer,
        unet=unet((16, 32), 32, sample_size=8),
        scheduler=PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1),
        **(NO_CHECKER | {"feature_extractor": CLIPImageProcessor()}),
    )


def tiny_sd_v(scratch: Path) -> StableDiffusionPipeline:
    """Stable Diffusion 2.1 trained to zero terminal SNR: v-prediction, DDIM with trailing spacing, `!` as padding."""
    tokenizer = clip_tokenizer(scratch, pad_token="!")
    return StableDiffusionPipeline(
        vae=autoencoder((8, 16, 16)),
        text_encoder=clip_text(tokenizer, 24, hidden_act="gelu"),
        tokenizer=tokenizer,
        unet=unet((16, 32), 24, sample_size=16, attention_head_dim=(2, 4), use_linear_projection=True),
        scheduler=DDIMScheduler(
            **BETAS, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing",
            clip_sample=False, set_alpha_to_one=True, steps_offset=1,
        ),
        **NO_CHECKER,
    )  # fmt: skip


def tiny_sdxl(scratch: Path) -> StableDiffusionXLPipeline:
    """Stable Diffusion XL: two text encoders, pooled text and sizes, Euler."""
    first, second = clip_tokenizer(scratch / "1"), clip_tokenizer(scratch / "2", pad_token="!")
    widths = {"time": 8, "pooled": 20}
    return StableDiffusionXLPipeline(
        vae=autoencoder((8, 8, 16, 16)),
        text_encoder=clip_text(first, 16),
        text_encoder_2=clip_text(second, 24, projection=widths["pooled"], hidden_act="gelu"),
        tokenizer=first,
        tokenizer_2=second,
        unet=unet(
            (16, 32), 40, sample_size=8, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), transformer_layers_per_block=(1, 2),
            attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
            addition_time_embed_dim=widths["time"],
            projection_class_embeddings_input_dim=6 * widths["time"] + widths["pooled"],
        ),
        scheduler=EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )  # fmt: skip


def tiny_sd3(scratch: Path) -> StableDiffusion3Pipeline:
    """Stable Diffusion 3.5: two CLIP encoders and T5, a transformer, flow matching with shift 3."""
    first, second, third = clip_tokenizer(scratch / "1"), clip_tokenizer(scratch / "2", pad_token="!"), t5_tokenizer()
    return StableDiffusion3Pipeline(
        vae=autoencoder((8, 8, 16, 16), channels=16, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=clip_text(first, 16, projection=16),
        text_encoder_2=clip_text(second, 24, projection=24, hidden_act="gelu"),
        text_encoder_3=t5_text(third, 48),
        tokenizer=first,
        tokenizer_2=second,
        tokenizer_3=third,
        transformer=SD3Transformer2DModel(
            sample_size=8, patch_size=2, in_channels=16, out_channels=16, num_layers=2, attention_head_dim=8,
            num_attention_heads=4, joint_attention_dim=48, caption_projection_dim=32, pooled_projection_dim=40,
            pos_embed_max_size=12, dual_attention_layers=(0,), qk_norm="rms_norm",
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )  # fmt: skip


def tiny_lcm(scratch: Path) -> LatentConsistencyModelPipeline:
    """Latent consistency model: the guidance scale is an input of the U-Net."""
    tokenizer = clip_tokenizer(scratch)
    return LatentConsistencyModelPipeline(
        vae=autoencoder((8, 16, 16)),
        text_encoder=clip_text(tokenizer, 24),
        tokenizer=tokenizer,
        unet=unet((16, 32), 24, sample_size=16, time_cond_proj_dim=24),
        scheduler=LCMScheduler(**BETAS),
        **NO_CHECKER,
    )


def tiny_instruct_pix2pix(scratch: Path) -> StableDiffusionInstructPix2PixPipeline:
    """InstructPix2Pix: the source's latents beside the noise, two guidance scales, Euler ancestral."""
    tokenizer = clip_tokenizer(scratch)
    return StableDiffusionInstructPix2PixPipeline(
        vae=autoencoder((8, 8, 16, 16)),
        text_encoder=clip_text(tokenizer, 32),
        tokenizer=tokenizer,
        unet=unet((16, 32), 32, sample_size=8, in_channels=8),
        scheduler=EulerAncestralDiscreteScheduler(**BETAS, steps_offset=1),
        **NO_CHECKER,
    )


def tiny_svd(scratch: Path) -> StableVideoDiffusionPipeline:
    """Stable Video Diffusion: a picture set in motion, v-prediction in continuous time, Karras sigmas."""
    # The classes fix 32 groups in their norms: were there 32 channels only, a norm would undo what the time adds.
    return StableVideoDiffusionPipeline(
        vae=temporal_autoencoder((32, 32)),
        image_encoder=clip_vision(16, 24),
        unet=UNetSpatioTemporalConditionModel(
            sample_size=32, in_channels=8, out_channels=4, block_out_channels=(32, 64), layers_per_block=1,
            down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
            up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"), addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=24, cross_attention_dim=24, num_attention_heads=(2, 4),
            num_frames=6,
        ),
        scheduler=EulerDiscreteScheduler(
            **BETAS, prediction_type="v_prediction", timestep_type="continuous", timestep_spacing="leading",
            steps_offset=1, sigma_min=0.002, sigma_max=700.0, use_karras_sigmas=True, interpolation_type="linear",
        ),
        feature_extractor=CLIPImageProcessor(),
    )  # fmt: skip


TINY: dict[str, Callable[[Path], DiffusionPipeline]] = {
    "tiny-sd": tiny_sd,
    "tiny-sd-v": tiny_sd_v,
    "tiny-sdxl": tiny_sdxl,
    "tiny-sd3": tiny_sd3,
    "tiny-lcm": tiny_lcm,
    "tiny-instruct-pix2pix": tiny_instruct_pix2pix,
    "tiny-svd": tiny_svd,
}
