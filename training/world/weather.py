"""Rain, snowfall and fog, in front of the background and in front of the subject."""

from __future__ import annotations

import math

from training.world.brush import EDGE, Brush, Shade
from training.world.palette import WHITE, Colour, mix
from training.world.scene import Scene

_DROP: Colour = (196, 226, 250)
_FALL_SPEED = {"rain": 760.0, "snow": 92.0}
"""Pixels per second."""

_FOG: dict[str, Colour] = {
    "day": (226, 232, 236),
    "sunset": (232, 190, 170),
    "night": (92, 102, 132),
}
_COLUMNS = 9


def draw_weather_behind(brush: Brush, scene: Scene, time_s: float) -> None:
    """What hides the background: fog, thicker towards the horizon."""
    if scene.attributes.weather != "fog":
        return
    colour = _FOG[scene.attributes.time]
    brush.unlit.box(-EDGE, -40, 512 + EDGE, 560, colour, alpha=84)
    with brush.layer(0.3):
        _draw_banks(brush, scene, time_s, colour, (200, 300))


def draw_weather_before(brush: Brush, scene: Scene, time_s: float) -> None:
    """What falls or drifts in front of the subject."""
    weather = scene.attributes.weather
    if weather == "fog":
        with brush.layer(1.1):
            _draw_banks(brush, scene, time_s, _FOG[scene.attributes.time], (470,))
    elif weather == "rain":
        _draw_rain(brush, scene, time_s)
    elif weather == "snow":
        _draw_snowfall(brush, scene, time_s)


def _draw_banks(
    brush: Brush, scene: Scene, time_s: float, colour: Colour, heights: tuple[int, ...]
) -> None:
    light = mix(colour, WHITE, 0.35)
    for row, y in enumerate(heights):
        for i in range(4):
            x = -160 + 260 * i + 60 * row + scene.between(i, -30, 30)
            x += 14 * time_s * (1 if row % 2 else -1)
            brush.unlit.oval(x, y, 170, 30, light, alpha=104)


def _draw_rain(brush: Brush, scene: Scene, time_s: float) -> None:
    paint = brush.paint(_DROP, alpha=215, stroke=7, share=0.4)
    for column in range(_COLUMNS):
        for row in range(3):
            start = (column * 0.37 + row / 3 + scene.chances[column]) % 1
            y = (start * 620 + _FALL_SPEED["rain"] * time_s) % 620 - 60
            x = column * 64 + 10 + 22 * row - 0.22 * y + 40
            brush.canvas.drawLine(x, y, x - 10, y + 46, paint)


def _draw_snowfall(brush: Brush, scene: Scene, time_s: float) -> None:
    for column in range(_COLUMNS):
        for row in range(3):
            start = (column * 0.37 + row / 3 + scene.chances[column]) % 1
            y = (start * 560 + _FALL_SPEED["snow"] * time_s) % 560 - 24
            x = column * 60 + 14 * row + 14 * math.sin(1.1 * time_s + column + 2 * row)
            brush.circle(x, y, 8.5 + row, WHITE, share=0.15)


def overcast(sky: tuple[Colour, Colour], weather: str) -> Shade:
    """A sky's gradient as it looks in a weather, between unit heights."""
    grey = {"rain": 0.62, "snow": 0.36, "fog": 0.6}.get(weather, 0.0)
    level = (sum(sky[0]) + sum(sky[1])) / 6
    cloud = (level * 0.92, level * 0.98, level * 1.08)
    return Shade(mix(sky[0], cloud, grey), mix(sky[1], cloud, grey), 0, 1)
