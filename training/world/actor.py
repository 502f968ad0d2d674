"""The subject on its ground: shadow, placement, and the drawing of its kind."""

from __future__ import annotations

from training.world.brush import Brush
from training.world.figure import Figure
from training.world.motion import Motion, motion_at
from training.world.scene import Scene
from training.world.subjects.bird import draw_bird
from training.world.subjects.quadruped import draw_quadruped

_SHADOW = (10, 10, 30)


def draw_actor(brush: Brush, scene: Scene, time_s: float, *, shadow: bool = True) -> None:
    """Draw the scene's subject as it is at a time."""
    motion = motion_at(scene, time_s)
    size = scene.scale * scene.ground_y / 440
    if shadow:
        _draw_shadow(brush, scene, motion, size)
    height = scene.ground_y - motion.lift * size
    with brush.placed(motion.x, height, size * scene.facing, size * motion.stretch, motion.tilt):
        figure = Figure(brush, scene.coat)
        if scene.attributes.subject == "bird":
            draw_bird(figure, scene.attributes.action, motion)
        else:
            draw_quadruped(figure, scene.attributes.subject, scene.attributes.action, motion)


def _draw_shadow(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    width = 58 * size * (1 - motion.lift / 130)
    brush.oval(motion.x, scene.ground_y + size, width, 7.5 * size, _SHADOW, alpha=76, share=0)
