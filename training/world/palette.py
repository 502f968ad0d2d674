"""Colours of the world: coats, skies, and how the hour tints everything else."""

from __future__ import annotations

from typing import NamedTuple

Colour = tuple[float, float, float]
"""Red, green, blue in 0..255."""

WHITE: Colour = (255, 255, 255)
NIGHT_BLACK: Colour = (16, 10, 24)
CREAM: Colour = (255, 250, 240)

COATS: dict[str, Colour] = {
    "red": (214, 48, 44),
    "orange": (242, 140, 40),
    "yellow": (250, 214, 60),
    "green": (70, 170, 72),
    "blue": (58, 110, 222),
    "purple": (148, 72, 196),
    "white": (244, 242, 238),
    "black": (52, 50, 58),
    "pink": (246, 140, 190),
    "brown": (134, 84, 48),
}

SKIES: dict[str, tuple[Colour, Colour]] = {
    "day": ((92, 176, 246), (206, 236, 252)),
    "sunset": ((98, 62, 140), (255, 164, 88)),
    "night": ((10, 14, 44), (46, 58, 112)),
}
"""Top and horizon of a clear sky."""


class Tint(NamedTuple):
    """A colour laid over everything the light falls on, and how strongly (0..1)."""

    colour: Colour
    strength: float

    def apply(self, colour: Colour, share: float = 1.0) -> Colour:
        """The colour as it looks in this light."""
        return mix(colour, self.colour, self.strength * share)


TINTS: dict[str, Tint] = {
    "day": Tint(WHITE, 0.0),
    "sunset": Tint((255, 140, 80), 0.22),
    "night": Tint((16, 22, 70), 0.48),
}
WEATHER_TINTS: dict[str, Tint] = {
    "clear": Tint(WHITE, 0.0),
    "rain": Tint((78, 92, 116), 0.26),
    "snow": Tint((200, 210, 226), 0.16),
    "fog": Tint((196, 202, 210), 0.24),
}
SUBJECT_TINT_SHARE = 0.36
"""Subjects take only a part of the tint, so that their colour can be named at night."""


class Coat(NamedTuple):
    """The colours of one subject, untinted."""

    base: Colour
    light: Colour
    dark: Colour
    belly: Colour
    ink: Colour


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from a to b."""
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )


def light(time: str, weather: str) -> Tint:
    """The tint of an hour seen through a weather: the one laid over the other."""
    hour, air = TINTS[time], WEATHER_TINTS[weather]
    # Fog and snow only scatter what light there is, so at night their own colour is darker.
    air_colour = mix(air.colour, hour.colour, min(1.0, 1.5 * hour.strength))
    strength = 1 - (1 - hour.strength) * (1 - air.strength)
    if strength == 0:
        return hour
    return Tint(mix(hour.colour, air_colour, air.strength / strength), strength)


def coat(name: str) -> Coat:
    """The coat of a named colour; black keeps a softer outline so that limbs stay readable."""
    base = COATS[name]
    return Coat(
        base=base,
        light=mix(base, WHITE, 0.34),
        dark=mix(base, (0, 0, 0), 0.30),
        belly=mix(base, CREAM, 0.62),
        ink=mix(base, NIGHT_BLACK, 0.6 if name == "black" else 0.8),
    )
