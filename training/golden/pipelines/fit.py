"""Fits the tiny pipelines for a few hundred steps, so that latents and pictures behave as those of real models do."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    DDPMScheduler,
    DiffusionPipeline,
    StableDiffusion3Pipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionXLPipeline,
    StableVideoDiffusionPipeline,
)
from torch import Tensor, nn
from torch.nn import functional as F

from training.golden.pipelines.pictures import moving, recoloured, some_disc

SIDE = 64
PICTURES = 192
BATCH = 16
FRAMES = 6
Loss = Callable[[], Tensor]


def descend(module: nn.Module, loss: Loss, steps: int, rate: float = 3e-3) -> float:
    """AdamW with a rate that falls to nothing; returns the mean loss of the last tenth."""
    module.train().requires_grad_(True)
    optimizer = torch.optim.AdamW(module.parameters(), rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(value.item())
    module.eval().requires_grad_(False)
    return float(np.mean(losses[-max(1, steps // 10) :]))


def round_weights(modules: Iterable[nn.Module]) -> None:
    """Rounds parameters to bfloat16's mantissa: half of each float32 is zero then, and git keeps half the bytes."""
    with torch.no_grad():
        for module in modules:
            for parameter in module.parameters():
                parameter.copy_(parameter.bfloat16().float())


def fit_autoencoder(vae: AutoencoderKL | AutoencoderKLTemporalDecoder, pictures: Tensor, steps: int) -> float:
    """Learns to give pictures back, then sets the scale (and shift, where it has one) of its latents."""
    temporal = isinstance(vae, AutoencoderKLTemporalDecoder)

    def loss() -> Tensor:
        batch = pictures[torch.randint(len(pictures), (4,))]
        posterior = vae.encode(batch).latent_dist
        latents = posterior.sample()
        decoded = vae.decode(latents, num_frames=len(batch)) if temporal else vae.decode(latents)
        return F.mse_loss(decoded.sample, batch) + 1e-4 * posterior.kl().mean() / latents[0].numel()

    final = descend(vae, loss, steps)
    round_weights([vae])
    with torch.no_grad():
        latents = vae.encode(pictures[:64]).latent_dist.mode()
    shift = round(latents.mean().item(), 4)
    if isinstance(vae.config.get("shift_factor"), float) or vae.config.latent_channels == 16:
        vae.register_to_config(shift_factor=shift)
    vae.register_to_config(scaling_factor=round(1 / latents.std().item(), 5))
    return final


@torch.no_grad()
def encode(vae: Any, pictures: Tensor) -> Tensor:
    """The modes of the latents, as the denoiser sees them."""
    latents = torch.cat([vae.encode(part).latent_dist.mode() for part in pictures.split(16)])
    return (latents - (vae.config.get("shift_factor") or 0.0)) * vae.config.scaling_factor


def diffusion_loss(pipeline: DiffusionPipeline, latents: Tensor, predict: Callable[..., Tensor]) -> Loss:
    """Noise or velocity, whichever the scheduler's prediction type says; `predict(noisy, t, chosen)`."""
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    velocity = pipeline.scheduler.config.prediction_type == "v_prediction"

    def loss() -> Tensor:
        chosen = torch.randint(len(latents), (BATCH,))
        clean, t = latents[chosen], torch.randint(1000, (BATCH,))
        noise = torch.randn_like(clean)
        target = scheduler.get_velocity(clean, noise, t) if velocity else noise
        return F.mse_loss(predict(scheduler.add_noise(clean, noise, t), t, chosen), target)

    return loss


def flow_loss(pipeline: StableDiffusion3Pipeline, latents: Tensor, predict: Callable[..., Tensor]) -> Loss:
    """The velocity of a straight path, at the scheduler's shifted noise levels."""
    shift = pipeline.scheduler.config.shift

    def loss() -> Tensor:
        chosen = torch.randint(len(latents), (BATCH,))
        clean, u = latents[chosen], torch.rand(BATCH)
        sigma = shift * u / (1 + (shift - 1) * u)
        noise, s = torch.randn_like(clean), sigma[:, None, None, None]
        return F.mse_loss(predict((1 - s) * clean + s * noise, 1000 * sigma, chosen), noise - clean)

    return loss


@torch.no_grad()
def embed(pipeline: DiffusionPipeline, texts: list[str]) -> tuple[Tensor, ...]:
    """Prompt embeddings, and pooled ones where the pipeline has them; a tenth of the texts is dropped."""
    texts = ["" if i % 10 == 0 else text for i, text in enumerate(texts)]
    if isinstance(pipeline, StableDiffusion3Pipeline):
        embeddings, _, pooled, _ = pipeline.encode_prompt(
            texts, texts, texts, do_classifier_free_guidance=False, max_sequence_length=32
        )
        return embeddings, pooled
    if isinstance(pipeline, StableDiffusionXLPipeline):
        embeddings, _, pooled, _ = pipeline.encode_prompt(texts, do_classifier_free_guidance=False)
        return embeddings, pooled
    arguments = (texts, torch.device("cpu"), 1, False)
    if isinstance(pipeline, StableDiffusionInstructPix2PixPipeline):
        return (pipeline._encode_prompt(*arguments),)
    return (pipeline.encode_prompt(*arguments)[0],)


def fit_pictures(pipeline: DiffusionPipeline, chance: np.random.Generator, steps: int) -> dict[str, float]:
    """Fits a pipeline that makes pictures from text, InstructPix2Pix too."""
    discs = [some_disc(chance) for _ in range(PICTURES)]
    pictures = torch.stack([disc.draw(SIDE, SIDE) for disc in discs])
    losses = {"vae": fit_autoencoder(pipeline.vae, pictures, steps)}
    edits = isinstance(pipeline, StableDiffusionInstructPix2PixPipeline)
    texts, sources = [disc.caption for disc in discs], None
    if edits:
        sources = encode(pipeline.vae, pictures) / pipeline.vae.config.scaling_factor
        sources[::10] = 0
        told = [recoloured(disc, chance) for disc in discs]
        texts = [instruction for instruction, _ in told]
        pictures = torch.stack([disc.draw(SIDE, SIDE) for _, disc in told])
    latents, embedded = encode(pipeline.vae, pictures), embed(pipeline, texts)

    def predict(noisy: Tensor, t: Tensor, chosen: Tensor) -> Tensor:
        if sources is not None:
            noisy = torch.cat([noisy, sources[chosen]], dim=1)
        context = embedded[0][chosen]
        if isinstance(pipeline, StableDiffusion3Pipeline):
            return pipeline.transformer(noisy, context, embedded[1][chosen], t).sample
        options: dict[str, Any] = {}
        if isinstance(pipeline, StableDiffusionXLPipeline):
            sizes = torch.tensor([[SIDE, SIDE, 0, 0, SIDE, SIDE]]).repeat(len(t), 1)
            options["added_cond_kwargs"] = {"text_embeds": embedded[1][chosen], "time_ids": sizes}
        if pipeline.unet.config.time_cond_proj_dim:
            w = torch.rand(len(t)) * 12
            options["timestep_cond"] = pipeline.get_guidance_scale_embedding(w, pipeline.unet.config.time_cond_proj_dim)
        return pipeline.unet(noisy, t, context, **options).sample

    flows = isinstance(pipeline, StableDiffusion3Pipeline)
    denoiser = pipeline.transformer if flows else pipeline.unet
    loss = (flow_loss if flows else diffusion_loss)(pipeline, latents, predict)
    return losses | {"denoiser": descend(denoiser, loss, 2 * steps)}


def fit_clips(pipeline: StableVideoDiffusionPipeline, chance: np.random.Generator, steps: int) -> dict[str, float]:
    """Fits Stable Video Diffusion on moving discs, preconditioned as its scheduler does (EDM, arXiv 2206.00364)."""
    discs = [some_disc(chance) for _ in range(24)]
    frames = [[disc.draw(SIDE, SIDE) for disc in moving(first, FRAMES, chance)] for first in discs]
    clips = torch.stack([torch.stack(clip) for clip in frames])
    losses = {"vae": fit_autoencoder(pipeline.vae, clips.flatten(0, 1), steps // 2)}
    latents = encode(pipeline.vae, clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
    sources = (latents[:, :1] / pipeline.vae.config.scaling_factor).repeat(1, FRAMES, 1, 1, 1)
    with torch.no_grad():
        seen = pipeline.image_encoder(F.interpolate(clips[:, 0], (224, 224))).image_embeds[:, None]
    sources[::8], seen[::8] = 0, 0

    def loss() -> Tensor:
        i = torch.randint(len(latents), (1,))
        clean, sigma = latents[i], torch.randn(1).mul(1.6).add(0.7).exp()
        noisy = clean + sigma * torch.randn_like(clean)
        scale = (sigma**2 + 1).sqrt()
        ids = torch.tensor([[6.0, 127.0, 0.02]])
        given = torch.cat([noisy / scale, sources[i]], dim=2)
        output = pipeline.unet(given, 0.25 * sigma.log(), seen[i], added_time_ids=ids).sample
        return F.mse_loss(output, (noisy / scale**2 - clean) * scale / sigma)

    return losses | {"denoiser": descend(pipeline.unet, loss, steps // 2)}


def fit(pipeline: DiffusionPipeline, steps: int) -> dict[str, float]:
    """Fits and rounds all networks of a pipeline; returns the final losses."""
    chance = np.random.default_rng(5)
    rest = [module for name, module in pipeline.components.items() if isinstance(module, nn.Module) and name != "vae"]
    round_weights(rest)
    clips = isinstance(pipeline, StableVideoDiffusionPipeline)
    losses = (fit_clips if clips else fit_pictures)(pipeline, chance, steps)
    round_weights(rest)
    return losses
