"""The tasks an edit may have, their parameters, and what each does to a scene's attributes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from training.world.attributes import (
    ACCESSORIES,
    ACTIONS,
    CAMERAS,
    COLOURS,
    FIRST_DOMAIN,
    FULL_DOMAIN,
    PLACES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    Attributes,
    Domain,
    is_sensible,
)

STYLES = ("sketch", "watercolour", "night_vision", "black_and_white")
ANY = "any"
"""The accessory of "take off what it wears"."""

NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Task:
    """A kind of edit: the head that reads its parameter, and who carries it out.

    `drawn` tasks are the editor network's; the others are done on time itself by the service.
    `clip_only` tasks mean nothing for one picture.
    """

    name: str
    head: str | None = None
    drawn: bool = True
    clip_only: bool = False


TASKS = (
    Task("recolour", "colour"),
    Task("replace", "subject"),
    Task("place", "place"),
    Task("time", "time"),
    Task("weather", "weather"),
    Task("add", "accessory"),
    Task("remove", "accessory"),
    Task("action", "action"),
    Task("style", "style"),
    Task("camera", "camera", clip_only=True),
    Task("slow_motion", drawn=False, clip_only=True),
    Task("faster", drawn=False, clip_only=True),
    Task("reverse", drawn=False, clip_only=True),
    Task("loop", drawn=False, clip_only=True),
    Task(NOT_UNDERSTOOD, drawn=False),
)
TASK_NAMES = tuple(task.name for task in TASKS)
BY_NAME = {task.name: task for task in TASKS}

HEADS: dict[str, tuple[str, ...]] = {
    "colour": COLOURS,
    "subject": SUBJECTS,
    "place": PLACES,
    "time": TIMES,
    "weather": WEATHERS,
    "accessory": (*ACCESSORIES[1:], ANY),
    "action": ACTIONS,
    "style": STYLES,
    "camera": CAMERAS,
}
"""The values each parameter may take."""

VALUES = tuple(f"{head}/{value}" for head, values in HEADS.items() for value in values)
"""Every value of every head: row i of the editor's value table is `VALUES[i]`."""


@dataclass(frozen=True)
class Edit:
    """One edit: a task and, where the task has one, its parameter's value."""

    task: str
    value: str | None = None

    @property
    def key(self) -> str:
        """The value's row in the editor's table, "colour/blue"."""
        return f"{BY_NAME[self.task].head}/{self.value}"


EDIT_DOMAINS: dict[str, Domain] = {
    "first": replace(FIRST_DOMAIN, weather=WEATHERS, accessory=ACCESSORIES, camera=CAMERAS),
    "full": FULL_DOMAIN,
    "served": replace(FULL_DOMAIN, subject=FIRST_DOMAIN.subject, action=FIRST_DOMAIN.action),
}
"""Where pairs are drawn from. Weather, accessories and cameras can be added to clips of the first domain too.

`served` is what the exported editor offers: the subjects and actions that it draws well, and every other value.
"""

_SHARES = {
    "recolour": 1.5, "replace": 5.0, "place": 1.5, "time": 1.0, "weather": 1.5,
    "add": 5.0, "remove": 2.0, "action": 6.0, "style": 1.5, "camera": 6.0,
}  # fmt: skip
"""How often each is drawn: colours, places and styles are learned within minutes, poses and small things are not."""

DRAWN_TASKS = tuple(_SHARES)
PICTURE_TASKS = tuple(name for name in DRAWN_TASKS if not BY_NAME[name].clip_only)


def _accessory_gone(source: Attributes, edit: Edit) -> Attributes | None:
    worn = source.accessory
    if worn == "none" or edit.value not in (worn, ANY):
        return None
    return replace(source, accessory="none")


def _accessory_added(source: Attributes, edit: Edit) -> Attributes | None:
    return replace(source, accessory=edit.value) if source.accessory == "none" else None


_SPECIAL: dict[str, Callable[[Attributes, Edit], Attributes | None]] = {
    "add": _accessory_added,
    "remove": _accessory_gone,
    "style": lambda source, _edit: source,
}


def edited(source: Attributes, edit: Edit) -> Attributes | None:
    """The attributes after an edit, or None where it changes nothing or leads out of the world."""
    if edit.task in _SPECIAL:
        return _SPECIAL[edit.task](source, edit)
    head = BY_NAME[edit.task].head
    assert head is not None, edit.task
    target = replace(source, **{head: edit.value})
    return target if target != source and is_sensible(target) else None


def undone(source: Attributes, edit: Edit) -> Edit | None:
    """The edit that leads back to the source, so that a pair serves both ways; None for styles."""
    if edit.task == "style":
        return None
    if edit.task == "add":
        return Edit("remove", edit.value)
    if edit.task == "remove":
        return Edit("add", source.accessory)
    return Edit(edit.task, getattr(source, BY_NAME[edit.task].head or ""))


def values_in(task: str, domain: Domain) -> tuple[str, ...]:
    """The parameter values of a task that a domain can show."""
    head = BY_NAME[task].head
    if head is None:
        return ()
    if head == "style":
        return STYLES
    values: tuple[str, ...] = getattr(domain, head)
    if head == "accessory":
        return tuple(
            v for v in HEADS["accessory"] if v in values or (task == "remove" and v == ANY)
        )
    return values


def draw_edit(
    rng: random.Random, source: Attributes, domain: Domain, tasks: tuple[str, ...] = DRAWN_TASKS
) -> tuple[Edit, Attributes]:
    """A drawn edit that changes this scene, and the attributes it leads to."""
    shares = [_SHARES[name] for name in tasks]
    while True:
        task = rng.choices(tasks, shares)[0]
        edit = Edit(task, rng.choice(values_in(task, domain)))
        target = edited(source, edit)
        if target is not None:
            return edit, target
