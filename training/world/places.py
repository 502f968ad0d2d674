"""What surrounds the subject: which function draws each place, and the weather over it."""

from __future__ import annotations

from collections.abc import Callable

from training.world.brush import Brush
from training.world.places_city import draw_city
from training.world.places_dry import draw_desert, draw_moon
from training.world.places_farm import draw_farm
from training.world.places_forest import draw_forest
from training.world.places_green import draw_hill
from training.world.places_snow import draw_snow
from training.world.places_water import (
    draw_beach,
    draw_lake,
    draw_underwater,
    draw_water_surface,
)
from training.world.scene import Scene
from training.world.sky import draw_sky
from training.world.weather import draw_weather_before, draw_weather_behind

_PLACES: dict[str, Callable[[Brush, Scene, float], None]] = {
    "hill": draw_hill,
    "beach": draw_beach,
    "snow": draw_snow,
    "city": draw_city,
    "forest": draw_forest,
    "desert": draw_desert,
    "underwater": draw_underwater,
    "moon": draw_moon,
    "farm": draw_farm,
    "lake": draw_lake,
}
_WITHOUT_SKY = frozenset({"underwater", "moon"})


def draw_background(brush: Brush, scene: Scene, time_s: float) -> None:
    """Everything behind the subject."""
    place = scene.attributes.place
    if place not in _WITHOUT_SKY:
        draw_sky(brush, scene, time_s)
    _PLACES[place](brush, scene, time_s)
    draw_weather_behind(brush, scene, time_s)


def draw_foreground(brush: Brush, scene: Scene, time_s: float) -> None:
    """What passes in front of the subject."""
    if scene.attributes.place == "lake" and scene.attributes.action == "swim":
        draw_water_surface(brush, scene, time_s)
    draw_weather_before(brush, scene, time_s)
