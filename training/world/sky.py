"""The sky: gradient, one sun or moon, stars and clouds; overcast when it rains, snows or fogs."""

from __future__ import annotations

from training.world.brush import EDGE, Brush
from training.world.palette import SKIES, WHITE, Colour
from training.world.scene import Scene
from training.world.weather import overcast

_STARS = (
    (40, 44, 3.4), (150, 74, 2.8), (250, 34, 3.4), (345, 96, 3.0),
    (470, 150, 3.4), (300, 168, 2.8), (84, 180, 3.0), (205, 140, 2.6),
)  # fmt: skip
_SUN_DAY: Colour = (255, 232, 96)
_SUN_SUNSET: Colour = (255, 110, 60)
_MOON: Colour = (250, 246, 214)
_CRATER: Colour = (226, 220, 186)
_RAIN_CLOUD: Colour = (150, 158, 172)
_SNOW_CLOUD: Colour = (214, 220, 230)
_CLOUD_DRIFT = 4.0
"""Pixels per second."""


def draw_sky(brush: Brush, scene: Scene, time_s: float) -> None:
    """The sky of the scene's hour and weather, down to a little below the horizon."""
    weather = scene.attributes.weather
    shade = overcast(SKIES[scene.attributes.time], weather)._replace(to_y=scene.horizon + 20)
    brush.unlit.box(-EDGE, 0, 512 + EDGE, scene.horizon + 110, shade)
    if weather == "clear":
        with brush.layer(0.05):
            _draw_lights(brush, scene)
        with brush.layer(0.12):
            _draw_clouds(brush, scene, time_s)
    elif weather in ("rain", "snow"):
        with brush.layer(0.12):
            _draw_cover(brush, time_s, _RAIN_CLOUD if weather == "rain" else _SNOW_CLOUD)


def _draw_lights(brush: Brush, scene: Scene) -> None:
    if scene.attributes.time == "night":
        for x, y, size in _STARS:
            brush.unlit.circle(x, y, size, (255, 255, 230))
        _draw_moon(brush, scene)
    else:
        _draw_sun(brush, scene)


def _draw_moon(brush: Brush, scene: Scene) -> None:
    x, y = scene.sun_x, scene.sun_y
    brush.unlit.circle(x, y, 64, (255, 255, 220), alpha=36)
    brush.unlit.circle(x, y, 44, _MOON)
    brush.unlit.circle(x - 14, y - 10, 9, _CRATER)
    brush.unlit.circle(x + 13, y + 12, 12, _CRATER)


def _draw_sun(brush: Brush, scene: Scene) -> None:
    setting = scene.attributes.time == "sunset"
    x, y = scene.sun_x, scene.horizon - 74 if setting else scene.sun_y
    colour = _SUN_SUNSET if setting else _SUN_DAY
    radius = 54 if setting else 46
    brush.unlit.circle(x, y, radius + 34, colour, alpha=40)
    brush.unlit.circle(x, y, radius + 15, colour, alpha=70)
    brush.unlit.circle(x, y, radius, colour)


def _draw_clouds(brush: Brush, scene: Scene, time_s: float) -> None:
    for start, y, size in scene.clouds:
        x = start + _CLOUD_DRIFT * time_s
        for dx, dy, radius in ((-26, 4, 16), (0, -6, 24), (26, 4, 17), (0, 8, 18)):
            brush.circle(x + dx * size, y + dy * size, radius * size, WHITE, share=1.2)


def _draw_cover(brush: Brush, time_s: float, colour: Colour) -> None:
    """A closed row of clouds along the top of the picture."""
    for i in range(10):
        x = -220 + i * 104 + _CLOUD_DRIFT * time_s
        brush.circle(x, 14 + 12 * (i % 3), 66, colour)
