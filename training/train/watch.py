"""Looks at a keyframe run as it trains: sheets of sample pictures and, where a judge is there, what it names right."""

import random
from dataclasses import dataclass, field

import torch
from torch import Tensor

from training.data.render import draw_attributes
from training.models.text_encoder import TextEncoder
from training.models.unet import UNet
from training.tokenizer import Tokenizer
from training.train.judge import (
    accuracies,
    decode_for_judge,
    load_judge,
    load_upsampler,
    percentages,
)
from training.train.pictures import save_sheet
from training.train.sample import sample_pictures
from training.train.session import Every, Session
from training.world.attributes import FULL_DOMAIN, Attributes, Domain
from training.world.captions import caption

SHEET_MINUTES = 8.0
JUDGED = 48
JUDGED_BATCH = 16
SHEET_PROMPTS = (
    "un cane che corre su una collinetta erbosa",
    "un cane che corre su una collinetta erbosa",
    "a red dog runs to the right on a grassy hill by day",
    "a blue cat jumps on a sandy beach at sunset",
    "un coniglio giallo sta fermo in un campo innevato",
    "a green bird walks to the left in a city street at night",
    "un uccello viola corre verso sinistra su una spiaggia",
    "a white rabbit",
)
FULL_SHEET_PROMPTS = (
    *SHEET_PROMPTS[:5],
    "a brown bear with a hat dances in the forest in the rain",
    "un pesce arancione nuota verso sinistra nel mare",
    "a pink robot waves on the moon at night",
    "una volpe blu che salta nel deserto",
    "a black horse runs on a farm in the fog",
    "un pinguino dorme sulla neve di notte",
    "a yellow car with a balloon in the city at sunset",
)


def sheet_prompts(domain: Domain) -> tuple[str, ...]:
    """What a run's sample sheets show."""
    return FULL_SHEET_PROMPTS if domain == FULL_DOMAIN else SHEET_PROMPTS


def complete_prompts(
    domain: Domain, count: int, *, held_out: bool, seed: int = 77
) -> tuple[list[Attributes], list[str]]:
    """Complete captions, English and Italian in turn, of combinations trained on or held out."""
    rng = random.Random(seed + held_out)
    rows = [draw_attributes(rng, domain, held_out=held_out) for _ in range(count)]
    languages = ("en", "it")
    texts = [
        caption(row, rng, language=languages[i % 2], complete=True) for i, row in enumerate(rows)
    ]
    return rows, texts


@dataclass
class Watch:
    """Writes a sheet every few minutes; with a judge's run also a line of accuracies on prompts of its own."""

    tokenizer: Tokenizer
    domain: Domain
    judge: str | None = None
    sheets: Every = field(default_factory=lambda: Every(SHEET_MINUTES, first=SHEET_MINUTES / 2))

    def look(self, session: Session, encoder: TextEncoder, unet: UNet) -> None:
        """Does so when it is time."""
        self.sheets.do(self._show, session, encoder, unet)

    def _show(self, session: Session, encoder: TextEncoder, unet: UNet) -> None:
        with session.averaged():
            made = sample_pictures(encoder, unet, self._ids(sheet_prompts(self.domain), session))
            save_sheet(made.cpu(), 4, session.folder / f"sheet-{session.samples:07d}.png")
            if self.judge:
                self._judge(session, encoder, unet)

    def _ids(self, texts: tuple[str, ...], session: Session) -> Tensor:
        rows = [self.tokenizer.encode(text) for text in texts]
        return torch.tensor(rows, device=session.preset.device)

    def _judge(self, session: Session, encoder: TextEncoder, unet: UNet) -> None:
        judge, upsampler = load_judge(self.domain, self.judge or ""), load_upsampler(session.preset)
        if upsampler is None:
            return
        rows, texts = complete_prompts(self.domain, JUDGED, held_out=False, seed=177)
        made = [
            sample_pictures(
                encoder, unet, self._ids(tuple(texts[i : i + JUDGED_BATCH]), session), seed=i
            )
            for i in range(0, JUDGED, JUDGED_BATCH)
        ]
        pictures = decode_for_judge(upsampler, torch.cat(made).cpu())
        scores = percentages(accuracies(judge, pictures, rows))
        session.say(f"{session.samples} samples, judge: {scores}")
