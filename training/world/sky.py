"""The sky: gradient, one sun or moon, stars and clouds."""

from __future__ import annotations

from training.world.brush import EDGE, Brush, Shade
from training.world.palette import SKIES, WHITE, Colour
from training.world.scene import Scene

_STARS = (
    (40, 44, 3.4), (150, 74, 2.8), (250, 34, 3.4), (345, 96, 3.0),
    (470, 150, 3.4), (300, 168, 2.8), (84, 180, 3.0), (205, 140, 2.6),
)  # fmt: skip
_SUN_DAY: Colour = (255, 232, 96)
_SUN_SUNSET: Colour = (255, 110, 60)
_MOON: Colour = (250, 246, 214)
_CRATER: Colour = (226, 220, 186)
_CLOUD_DRIFT = 4.0
"""Pixels per second."""


def draw_sky(brush: Brush, scene: Scene, time_s: float) -> None:
    """The clear sky of the scene's hour, down to a little below the horizon."""
    top, bottom = SKIES[scene.attributes.time]
    shade = Shade(top, bottom, 0, scene.horizon + 20)
    brush.box(-EDGE, 0, 512 + EDGE, scene.horizon + 110, shade, share=0)
    with brush.layer(0.05):
        if scene.attributes.time == "night":
            for x, y, size in _STARS:
                brush.circle(x, y, size, (255, 255, 230), share=0)
            _draw_moon(brush, scene)
        else:
            _draw_sun(brush, scene)
    with brush.layer(0.12):
        _draw_clouds(brush, scene, time_s)


def _draw_moon(brush: Brush, scene: Scene) -> None:
    x, y = scene.sun_x, scene.sun_y
    brush.circle(x, y, 64, (255, 255, 220), alpha=36, share=0)
    brush.circle(x, y, 44, _MOON, share=0)
    brush.circle(x - 14, y - 10, 9, _CRATER, share=0)
    brush.circle(x + 13, y + 12, 12, _CRATER, share=0)


def _draw_sun(brush: Brush, scene: Scene) -> None:
    setting = scene.attributes.time == "sunset"
    x, y = scene.sun_x, scene.horizon - 74 if setting else scene.sun_y
    colour = _SUN_SUNSET if setting else _SUN_DAY
    radius = 54 if setting else 46
    brush.circle(x, y, radius + 34, colour, alpha=40, share=0)
    brush.circle(x, y, radius + 15, colour, alpha=70, share=0)
    brush.circle(x, y, radius, colour, share=0)


def _draw_clouds(brush: Brush, scene: Scene, time_s: float) -> None:
    for start, y, size in scene.clouds:
        x = start + _CLOUD_DRIFT * time_s
        for dx, dy, radius in ((-26, 4, 16), (0, -6, 24), (26, 4, 17), (0, 8, 18)):
            brush.circle(x + dx * size, y + dy * size, radius * size, WHITE, share=1.2)
