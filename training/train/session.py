"""A training run that can stop and go on at any moment: clock, learning rate, averaged weights, checkpoint, log."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.config import Preset
from training.paths import run_folder

CHECKPOINT_SECONDS = 150.0
LOG_STEPS = 50


@dataclass(frozen=True)
class Schedule:
    """Warm-up, constant rate, and on demand a linear decay: a run is extended by going on."""

    learning_rate: float = 1e-3
    warmup_steps: int = 60
    final_fraction: float = 0.02
    minutes: float = 60.0
    finish_minutes: float = 0.0
    ema_decay: float = 0.998
    samples: int | None = None
    """Ends the run after so many samples in this process, for comparisons at equal samples."""

    def rate(self, steps_here: int, minutes_here: float) -> float:
        """The learning rate at this moment of this process's run."""
        warm = min(1.0, (steps_here + 1) / self.warmup_steps)
        left = (self.minutes + self.finish_minutes - minutes_here) / max(self.finish_minutes, 1e-9)
        decay = max(self.final_fraction, min(1.0, left)) if self.finish_minutes else 1.0
        return self.learning_rate * warm * decay


@dataclass
class Session:
    """Owns everything of a run that must survive a restart; the caller owns the loss."""

    name: str
    model: nn.Module
    preset: Preset
    schedule: Schedule
    optimizer: torch.optim.Optimizer | None = None
    steps: int = 0
    samples: int = 0
    seconds: float = 0.0
    stopping: bool = False
    average_loss: float | None = None
    ema: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder = run_folder(self.name)
        self.parameters = list(self.model.parameters())
        if self.optimizer is None:
            self.optimizer = adamw(self.parameters, self.schedule.learning_rate)
        self.ema = [parameter.detach().clone() for parameter in self.parameters]
        if self.checkpoint.exists():
            self.load()

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def load(self) -> None:
        """Goes on where the checkpoint stopped."""
        assert self.optimizer is not None
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.ema = [
            tensor.to(parameter.device)
            for tensor, parameter in zip(state["ema"], self.parameters, strict=True)
        ]
        self.steps, self.samples, self.seconds = state["steps"], state["samples"], state["seconds"]
        self.say(f"resumed at {self.samples} samples, {self.seconds / 60:.1f} min")

    def save(self) -> None:
        """Writes the checkpoint, the averaged weights alone beside it, and what they cost; each in one rename.

        What an earlier finish wrote is behind these weights from here on, and goes.
        """
        assert self.optimizer is not None
        progress = {"steps": self.steps, "samples": self.samples, "seconds": self.seconds}
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "ema": self.ema,
            **progress,
        }
        replace_with(self.checkpoint, state)
        with self.averaged():
            replace_with(self.folder / "ema.pt", self.model.state_dict())
        (self.folder / "final.pt").unlink(missing_ok=True)
        (self.folder / "progress.json").write_text(
            json.dumps(progress | {"loss": self.average_loss})
        )

    def averaged(self) -> "AveragedWeights":
        """Within this context the model holds its averaged weights."""
        return AveragedWeights(self)

    def average_anew(self, module: nn.Module) -> None:
        """The averages of a module that got its weights from elsewhere become those weights."""
        given = {id(parameter) for parameter in module.parameters()}
        for parameter, average in zip(self.parameters, self.ema, strict=True):
            if id(parameter) in given:
                average.copy_(parameter.detach())

    def step(self, loss: Tensor, samples: int) -> None:
        """One optimizer step; the caller has computed the loss only."""
        assert self.optimizer is not None
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        decay = min(self.schedule.ema_decay, 1 - 10 / (self.steps + 20))
        torch._foreach_lerp_(self.ema, [parameter.data for parameter in self.parameters], 1 - decay)
        self.steps, self.samples = self.steps + 1, self.samples + samples
        value = loss.item()
        self.average_loss = (
            value if self.average_loss is None else 0.98 * self.average_loss + 0.02 * value
        )

    def run(self) -> Iterator[int]:
        """Yields step numbers until the time is up or the process is asked to stop, saving on the way."""
        assert self.optimizer is not None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        before, start, saved, first = self.seconds, time.time(), time.time(), self.steps
        last = self.samples + (self.schedule.samples or 10**12)
        total = self.schedule.minutes + self.schedule.finish_minutes
        while not self.stopping and (minutes := (time.time() - start) / 60) < total:
            if self.samples >= last:
                break
            for group in self.optimizer.param_groups:
                group["lr"] = self.schedule.rate(self.steps - first, minutes) * group.get(
                    "scale", 1.0
                )
            yield self.steps
            self.seconds = before + time.time() - start
            if self.steps % LOG_STEPS == 0 or self.steps - first in (5, 20):
                self._log(first, minutes)
            if time.time() - saved > CHECKPOINT_SECONDS:
                self.save()
                saved = time.time()
        self.save()
        if not self.stopping and self.schedule.finish_minutes:
            with self.averaged():
                replace_with(self.folder / "final.pt", self.model.state_dict())
        self.say(
            f"{'stopped' if self.stopping else 'done'}: {self.samples} samples, {self.seconds / 60:.1f} min"
        )

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _log(self, first: int, minutes: float) -> None:
        batch = self.samples / max(self.steps, 1)
        rate = (self.steps - first) * batch / max(minutes * 60, 1e-9)
        self.say(
            f"{self.seconds / 60:.2f} min {self.samples} samples loss {self.average_loss:.4f} {rate:.1f}/s"
        )

    def say_size(self, more: str) -> None:
        """How many parameters the model has, and what more is to be said."""
        self.say(f"{sum(p.numel() for p in self.parameters) / 1e6:.2f} M parameters{more}")

    def say(self, line: str) -> None:
        """A line for people: on the terminal and in the run's log."""
        stamped = f"{time.strftime('%H:%M:%S')} {self.name}: {line}"
        print(stamped, flush=True)
        with (self.folder / "log.txt").open("a") as log:
            log.write(stamped + "\n")


def adamw(parameters: list[Any], rate: float) -> torch.optim.Optimizer:
    """AdamW as every run has it, of parameters or of groups of them; a group's `scale` multiplies the rate."""
    return torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)


class AveragedWeights:
    """Swaps a session's averaged weights in and out."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> nn.Module:
        self._swap()
        return self.session.model.eval()

    def __exit__(self, *_: object) -> None:
        self._swap()
        self.session.model.train()

    def _swap(self) -> None:
        with torch.no_grad():
            for parameter, average in zip(self.session.parameters, self.session.ema, strict=True):
                kept = parameter.detach().clone()
                parameter.copy_(average)
                average.copy_(kept)


class Every:
    """Does something every so many minutes, counted from its end; for the first time after `first` of them."""

    def __init__(self, minutes: float, first: float | None = None) -> None:
        self.minutes = minutes
        self.next_at = time.time() + 60 * (minutes if first is None else first)

    def do(self, work: Callable[..., None], *arguments: Any) -> None:
        """Does it if it is time."""
        if time.time() > self.next_at:
            work(*arguments)
            self.next_at = time.time() + 60 * self.minutes


def replace_with(path: Path, state: Any) -> None:
    """Saves a checkpoint so that a reader sees the old or the new one, never half of one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def has_checkpoint(name: str) -> bool:
    """Whether a run exists and would be resumed."""
    return (run_folder(name) / "checkpoint.pt").exists()


def best_weights(name: str) -> dict[str, Tensor]:
    """A run's finished weights, or its newest averaged ones."""
    folder = run_folder(name)
    for file in ("final.pt", "ema.pt"):
        if (folder / file).exists():
            return torch.load(folder / file, map_location="cpu", weights_only=True)
    raise SystemExit(f"{folder} holds no weights: train it first")
