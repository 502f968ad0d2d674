"""Chooses the words an editor knows: `python -m training.edit_world.vocabulary` writes `wordings/vocabulary.txt`.

Every network that reads instructions shares them, and a trained one knows no others: choose anew only before training.
"""

from __future__ import annotations

import random
from collections import Counter

from training.edit_world import aliens
from training.edit_world.foreign import SPEAKERS, draw_language
from training.edit_world.grammar import FOLDER, literals
from training.edit_world.instructions import draw_instruction
from training.edit_world.tasks import HEADS, Edit
from training.world.captions import vocabulary, words

SIZE = 3_000
DRAWS, SEED = 150_000, 23
FOREIGN_SHARE = 0.06
"""Less than in training: what only foreign instructions say may as well be unknown."""

SURE_DRAWS = 60
"""Draws of every value, so that each of its names is known however rare it is."""


def choose_words(size: int = SIZE) -> list[str]:
    """The captions' words, the values' names, and of the others those that training instructions say most often.

    Half of the words that only stand for things outside the world stay unknown, as most such things will be.
    """
    rng = random.Random(SEED)
    found = set(vocabulary()) | _value_words(rng)
    outside = _alien_words() - found - _template_words()
    hidden = set(sorted(outside)[1::2])
    counts: Counter[str] = Counter()
    for _ in range(DRAWS):
        counts.update(set(words(draw_instruction(rng, FOREIGN_SHARE, noise=0.0).text)))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    for word in ranked:
        if len(found) >= size:
            break
        if word.isalnum() and word not in hidden:
            found.add(word)
    return sorted(found)


def _value_words(rng: random.Random) -> set[str]:
    """What the languages call every value, said in a template that names little else."""
    found: set[str] = set()
    for task, head in (("recolour", "colour"), ("replace", "subject"), ("place", "place"), ("time", "time"),
                       ("weather", "weather"), ("remove", "accessory"), ("action", "action"),
                       ("style", "style"), ("camera", "camera")):  # fmt: skip
        for value in HEADS[head]:
            for _ in range(SURE_DRAWS):
                slots = SPEAKERS[draw_language(rng)].slots(Edit(task, value), rng, None)
                found.update(word for text in slots.values() for word in words(text))
    return found


def _template_words() -> set[str]:
    """Every word of the training templates and frames of either language."""
    templates: list[str] = []
    for speaker in SPEAKERS.values():
        wordings = speaker.WORDINGS
        templates.extend((*wordings.frames, *wordings.openings, *wordings.closings))
        for frames in wordings.forms.values():
            templates.extend(frames)
        for wording in wordings.tasks.values():
            templates.extend(wording.train)
            templates.extend(line for lines in wording.special.values() for line in lines)
    return set(literals(templates))


def _alien_words() -> set[str]:
    nouns = [noun.word for values in aliens.ITALIAN.values() for noun in values]
    texts = [*nouns, *(text for values in aliens.ENGLISH.values() for text in values)]
    return {word for text in texts for word in words(text)}


def main() -> None:
    chosen = choose_words()
    (FOLDER / "vocabulary.txt").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    print(f"{len(chosen)} words")


if __name__ == "__main__":
    main()
