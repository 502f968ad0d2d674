"""Hat, scarf, glasses and balloon, each with colours of its own, whatever wears them."""

from __future__ import annotations

from typing import NamedTuple

from training.world.brush import Point, bend
from training.world.figure import PUPIL, Figure
from training.world.palette import WHITE, Colour

_STRAW: Colour = (236, 196, 116)
_STRAW_LIGHT: Colour = (250, 222, 156)
_RIBBON: Colour = (196, 40, 60)
_SCARF: Colour = (222, 52, 60)
_LENS: Colour = (140, 224, 250)
_FRAME: Colour = (24, 22, 34)
_BALLOON: Colour = (240, 60, 80)
_STRING: Colour = (240, 240, 240)


class Fit(NamedTuple):
    """Where things sit on a head, in the head's own coordinates.

    `top` is where a hat rests, `width` half of the hat's brim; `eye` and `eye_radius` are what
    glasses cover.
    """

    top: Point
    width: float
    eye: Point
    eye_radius: float = 7.0


def wear_on_head(figure: Figure, fit: Fit, turn: float = -8.0) -> None:
    """Draw a hat or glasses, if the figure has them."""
    if figure.accessory == "hat":
        with figure.brush.placed(*fit.top, turn=turn):
            _draw_hat(figure, fit.width)
    elif figure.accessory == "glasses":
        _draw_glasses(figure, fit)


def _draw_hat(figure: Figure, width: float) -> None:
    crown = width * 0.62
    with figure.group():
        figure.shape(
            [(-crown, 2), (-crown, -22), (-crown * 0.5, -31), (crown * 0.5, -31), (crown, -22),
             (crown, 2)],
            _STRAW_LIGHT,
        )  # fmt: skip
        figure.patch(0, -3, crown * 0.95, 6, _RIBBON)
        figure.oval(0, 2, width, 6, _STRAW)


def _draw_glasses(figure: Figure, fit: Fit) -> None:
    x, y = fit.eye
    radius = fit.eye_radius * 1.75
    figure.stroke([(x - radius, y), (x - radius - 15, y - 3)], 4.2, _FRAME)
    figure.stroke([(x + radius, y - 1), (x + radius + 6, y - 1)], 4.2, _FRAME)
    figure.patch(x, y, radius + 2.2, radius + 2.2, _FRAME)
    figure.patch(x, y, radius - 2, radius - 2, _LENS)
    figure.patch(x + 2, y + 1, 4.2, 4.6, PUPIL)
    figure.patch(x + 3.4, y - 0.6, 1.6, 1.6, WHITE)


def wear_scarf(figure: Figure, at: Point, half_width: float, turn: float, sway: float) -> None:
    """Draw a striped scarf around a neck, with one end that flutters behind, if worn."""
    if figure.accessory != "scarf":
        return
    with figure.brush.placed(*at, turn=turn):
        flutter = 5 * sway
        with figure.group():
            end = (-half_width - 20, 26 + flutter)
            figure.limb((-half_width * 0.6, 2), (-half_width - 14, 2), end, 14, _SCARF)
            figure.limb((-half_width, 0), (0, 8), (half_width, 0), 17, _SCARF)
        for x in (-0.62, 0.0, 0.62):
            top, bottom = (half_width * x - 1, -3.0), (half_width * x + 1, 11.0)
            figure.stroke([top, bottom], 5, WHITE)
        figure.stroke([(end[0] - 4, end[1] - 5), (end[0] + 5, end[1] - 4)], 5, WHITE)


def hold_balloon(figure: Figure, root: Point, tilt: float, sway: float) -> None:
    """Draw a balloon that rises from a point of the body on its string, if held.

    `tilt` is the body's own turn in degrees, undone so that the balloon floats upright.
    """
    if figure.accessory != "balloon":
        return
    with figure.brush.placed(*root, turn=-tilt):
        x, y = -16 + 4 * sway, -74.0
        figure.bare(bend((0, 0), (-14, -24), (x, y + 24)), _STRING, 3.0)
        with figure.group():
            figure.wedge([(x, y + 20), (x - 6, y + 30), (x + 6, y + 30)], _BALLOON)
            figure.oval(x, y, 21, 25, _BALLOON)
        figure.patch(x + 8, y - 10, 5, 7, (255, 190, 196), 24)
