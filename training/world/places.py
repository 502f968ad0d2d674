"""Which function draws each place."""

from __future__ import annotations

from collections.abc import Callable

from training.world.brush import Brush
from training.world.places_city import draw_city
from training.world.places_green import draw_hill
from training.world.places_snow import draw_snow
from training.world.places_water import draw_beach
from training.world.scene import Scene
from training.world.sky import draw_sky

_PLACES: dict[str, Callable[[Brush, Scene, float], None]] = {
    "hill": draw_hill,
    "beach": draw_beach,
    "snow": draw_snow,
    "city": draw_city,
}


def draw_background(brush: Brush, scene: Scene, time_s: float) -> None:
    """Everything behind the subject."""
    draw_sky(brush, scene, time_s)
    _PLACES[scene.attributes.place](brush, scene, time_s)
