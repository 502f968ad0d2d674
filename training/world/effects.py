"""Signs that tell an action apart in a single picture: Zs, notes, swooshes, bubbles."""

from __future__ import annotations

import math

import skia

from training.world.brush import Brush, Point, polyline
from training.world.motion import Motion
from training.world.palette import WHITE, Colour
from training.world.scene import Scene

_INK: Colour = (40, 36, 70)
_NOTE: Colour = (255, 222, 90)
_AIR: Colour = (226, 246, 255)


def draw_effects(brush: Brush, scene: Scene, motion: Motion, size: float, time_s: float) -> None:
    """Draw the signs of the scene's action around its subject, in picture coordinates."""
    action = scene.attributes.action
    if action == "sleep":
        _draw_zs(brush, scene, motion.x, size, time_s)
    elif action == "dance":
        _draw_notes(brush, scene, motion, size)
    elif action == "spin":
        _draw_swooshes(brush, scene, motion, size)
    elif action == "swim" and scene.attributes.place == "underwater":
        _draw_breath(brush, scene, motion, size, time_s)
    elif scene.attributes.subject == "car" and action == "run":
        _draw_speed_lines(brush, scene, motion, size)
    elif scene.attributes.subject == "car" and action == "walk":
        _draw_exhaust(brush, scene, motion, size)


def _bold(brush: Brush, path: object, width: float, colour: Colour) -> None:
    brush.path(path, _INK, stroke=width + 9)
    brush.canvas.drawPath(path, brush.paint(colour, stroke=width, share=0))


def _draw_zs(brush: Brush, scene: Scene, x: float, size: float, time_s: float) -> None:
    start_x, start_y = x + scene.facing * 26 * size, scene.ground_y - 84 * size
    for i in range(3):
        rise = (i / 3 + 0.25 * time_s + scene.unit_phase / 3) % 1
        half = 10 + 12 * rise
        left = start_x + scene.facing * 46 * rise - half
        top = start_y - 110 * rise - half
        corners = [(left, top), (left + 2 * half, top), (left, top + 2 * half)]
        z = polyline([*corners, (left + 2 * half, top + 2 * half)], closed=False)
        _bold(brush, z, 8, WHITE)


def _draw_notes(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    height = scene.ground_y - 128 * size
    for side in (-1, 1):
        bob = 14 * math.sin(2 * math.pi * motion.phase + side)
        x, y = 256 + scene.offset_x + side * 84 * size, height + bob + 22 * side
        stem = [(x + 12, y), (x + 12, y - 60), (x + 36, y - 46)]
        head = skia.Path()
        head.addOval(skia.Rect(x - 16, y - 13, x + 16, y + 13))
        _bold(brush, head, 2, _NOTE)
        _bold(brush, polyline(stem, closed=False), 8, _NOTE)
        brush.unlit.oval(x, y, 16, 13, _NOTE)


def _draw_swooshes(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    x, y = motion.x, scene.ground_y - (motion.lift + motion.pivot) * size
    radius = 82 * size
    bounds = skia.Rect(x - radius, y - radius, x + radius, y + radius)
    for start in (-150, 30):
        arc = skia.Path()
        arc.addArc(bounds, start + 40 * scene.facing * math.sin(2 * math.pi * motion.phase), 74)
        _bold(brush, arc, 9, _AIR)


def _draw_breath(brush: Brush, scene: Scene, motion: Motion, size: float, time_s: float) -> None:
    mouth: Point = (motion.x + scene.facing * 62 * size, scene.ground_y - 96 * size)
    for i in range(3):
        rise = (i / 3 + 0.3 * time_s + scene.unit_phase) % 1
        x = mouth[0] + 12 * math.sin(9 * rise + i)
        radius = 8 + 8 * rise
        brush.unlit.circle(x, mouth[1] - 130 * rise, radius, _AIR, alpha=110)
        ring = skia.Path()
        ring.addCircle(x, mouth[1] - 130 * rise, radius)
        brush.canvas.drawPath(ring, brush.paint(WHITE, stroke=4, share=0))


def _draw_speed_lines(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    rear = motion.x - scene.facing * 84 * size
    for i, (height, length) in enumerate(((22, 34), (42, 52), (60, 30))):
        y = scene.ground_y - height * size
        pulse = 8 * math.sin(2 * math.pi * motion.phase + i)
        line = polyline(
            [(rear, y), (rear - scene.facing * (length + pulse) * size * 0.6, y)], closed=False
        )
        _bold(brush, line, 8, _AIR)


def _draw_exhaust(brush: Brush, scene: Scene, motion: Motion, size: float) -> None:
    rear = motion.x - scene.facing * 92 * size
    for i in range(2):
        drift = (i / 2 + motion.phase) % 1
        x, y = rear - scene.facing * 44 * drift * size, scene.ground_y - (18 + 16 * drift) * size
        radius = (6 + 6 * drift) * size
        brush.unlit.circle(x, y, radius + 4, _INK)
        brush.unlit.circle(x, y, radius, _AIR)
