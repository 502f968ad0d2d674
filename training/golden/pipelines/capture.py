"""Runs a diffusers pipeline and keeps what passes through it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from diffusers import DiffusionPipeline
from torch import Tensor

Tensors = dict[str, Tensor]


class Trace:
    """Timesteps, latents and the first prediction of one run. `denoiser` need not be a torch module."""

    def __init__(self) -> None:
        self.timesteps: list[float] = []
        self.initial: Tensor | None = None
        self.source: Tensor | None = None
        self.prediction: Tensor | None = None
        self.latents: list[Tensor] = []

    def step(self, _pipeline: Any, _index: int, timestep: Tensor, values: dict[str, Any]) -> dict[str, Any]:
        """callback_on_step_end."""
        self.timesteps.append(float(timestep))
        self.latents.append(values["latents"].clone())
        return {}

    def prepared(self, prepare: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """prepare_latents, listened to."""

        def listening(*arguments: Any, **options: Any) -> Tensor:
            self.initial = prepare(*arguments, **options)
            return self.initial

        return listening

    def predicted(self, predict: Callable[..., Any]) -> Callable[..., Any]:
        """The denoiser's forward, listened to."""

        def listening(*arguments: Any, **options: Any) -> Any:
            output = predict(*arguments, **options)
            if self.prediction is None:
                self.prediction = output[0].clone()
            return output

        return listening

    def noised(self, noise: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """The scheduler's add_noise or scale_noise, whose first argument is the source's latents."""

        def listening(source: Tensor, *arguments: Any, **options: Any) -> Tensor:
            self.source = source.clone()
            return noise(source, *arguments, **options)

        return listening

    def tensors(self) -> Tensors:
        """Under the names of the goldens' README."""
        if self.initial is None or self.prediction is None:
            raise ValueError("the pipeline has not run")
        source = {} if self.source is None else {"image_latents": self.source}
        return source | {
            "timesteps": torch.tensor(self.timesteps, dtype=torch.float64),
            "initial_latents": self.initial,
            "noise_pred": self.prediction,
            "latents": torch.stack(self.latents),
        }


@contextmanager
def listen(pipeline: DiffusionPipeline) -> Iterator[Trace]:
    """Listens to one run. The caller passes `trace.step` as callback_on_step_end."""
    trace = Trace()
    denoiser = pipeline.transformer if getattr(pipeline, "transformer", None) is not None else pipeline.unet
    with ExitStack() as stack:
        stack.enter_context(patch.object(pipeline, "prepare_latents", trace.prepared(pipeline.prepare_latents)))
        stack.enter_context(patch.object(denoiser, "forward", trace.predicted(denoiser.forward)))
        for name in ("add_noise", "scale_noise"):
            if hasattr(pipeline.scheduler, name):
                method = getattr(pipeline.scheduler, name)
                stack.enter_context(patch.object(pipeline.scheduler, name, trace.noised(method)))
        yield trace


def as_bytes(images: np.ndarray) -> Tensor:
    """[0, 1] to 8 bits as diffusers' numpy_to_pil rounds."""
    return torch.from_numpy((images * 255).round().astype("uint8"))
