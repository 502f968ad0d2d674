"""The subject on its ground: shadow, placement, and the drawing of its kind."""

from __future__ import annotations

from collections.abc import Callable

from training.world.brush import Brush
from training.world.effects import draw_effects
from training.world.figure import Figure
from training.world.motion import Motion, motion_at
from training.world.poses import UPRIGHT_ACTIONS
from training.world.scene import Scene
from training.world.subjects.bird import draw_bird
from training.world.subjects.car import draw_car
from training.world.subjects.duck import draw_duck
from training.world.subjects.fish import draw_fish
from training.world.subjects.penguin import draw_penguin
from training.world.subjects.quadruped import BUILDS, draw_quadruped
from training.world.subjects.robot import draw_robot

_PAINTERS: dict[str, Callable[[Figure, str, Motion], None]] = {
    "bird": draw_bird,
    "duck": draw_duck,
    "fish": draw_fish,
    "penguin": draw_penguin,
    "robot": draw_robot,
    "car": draw_car,
}
_SIZES: dict[str, float] = {
    "fox": 0.93,
    "bear": 0.95,
    "horse": 0.87,
    "duck": 1.0,
    "fish": 0.95,
    "penguin": 0.98,
    "robot": 0.95,
    "car": 0.95,
}
_UPRIGHT_SIZE = 0.86
"""Animals on their hind legs are drawn smaller, so that their heads stay in the picture."""

_SHADOW = (10, 10, 30)


def subject_size(scene: Scene) -> float:
    """Picture pixels per subject unit, for the scene's subject and action."""
    subject, action = scene.attributes.subject, scene.attributes.action
    size = scene.scale * scene.ground_y / 440 * _SIZES.get(subject, 1.0)
    return size * _UPRIGHT_SIZE if subject in BUILDS and action in UPRIGHT_ACTIONS else size


def draw_actor(brush: Brush, scene: Scene, time_s: float, *, shadow: bool = True) -> None:
    """Draw the scene's subject as it is at a time, with the signs of its action."""
    subject, action = scene.attributes.subject, scene.attributes.action
    motion, size = motion_at(scene, time_s), subject_size(scene)
    if shadow:
        _draw_shadow(brush, scene, motion, size)
    height = scene.ground_y - (motion.lift + motion.pivot) * size
    across = size * scene.facing * motion.turn
    with brush.placed(motion.x, height, across, size * motion.stretch, motion.tilt):
        with brush.placed(0, motion.pivot):
            figure = Figure(brush, scene.coat, scene.attributes.accessory)
            if subject in BUILDS:
                draw_quadruped(figure, subject, action, motion)
            else:
                _PAINTERS[subject](figure, action, motion)
    draw_effects(brush, scene, motion, size, time_s)


def _draw_shadow(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    if scene.attributes.action == "swim" and scene.attributes.place == "lake":
        return
    width = 58 * size * (1 - motion.lift / 130)
    brush.unlit.oval(motion.x, scene.ground_y + size, width, 7.5 * size, _SHADOW, alpha=76)
