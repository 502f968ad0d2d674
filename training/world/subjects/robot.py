"""The robot: a box on two jointed legs, a screen for a face, an antenna."""

from __future__ import annotations

import math

from training.world.accessories import Fit, hold_balloon, wear_on_head, wear_scarf
from training.world.brush import Point
from training.world.figure import Figure
from training.world.motion import Motion
from training.world.palette import Colour, mix
from training.world.stances import Stance, stance_at

_STEEL: Colour = (168, 176, 190)
_STEEL_DARK: Colour = (120, 128, 144)
_SCREEN: Colour = (36, 46, 66)
_GLOW: Colour = (120, 240, 220)
_LAMP: Colour = (255, 214, 70)
_FLAME: Colour = (255, 168, 50)
_LEG = 38.0
_FIT = Fit((0, -26), 32, (16, -4), 7.5)


def draw_robot(figure: Figure, action: str, motion: Motion) -> None:
    """Far limbs, body, head, near limbs; a robot flies on jets and sleeps on its back."""
    stance = stance_at(action, motion)
    lean = {"fly": 50.0, "swim": 55.0, "run": 10.0, "sleep": -90.0, "sit": -8.0}.get(action, 0.0)
    height = -26.0 if action == "sleep" else -60 + stance.drop * (_LEG - 12)
    hold_balloon(figure, (-20, height - 10), motion.tilt, motion.sway)
    with figure.brush.placed(0, height, turn=lean), figure.brush.placed(0, 60):
        _draw_leg(figure, stance, motion, -7, far=True, action=action)
        _draw_arm(figure, 13, _arm_angle(stance, action, far=True), far=True)
        _draw_leg(figure, stance, motion, 7, far=False, action=action)
        _draw_trunk(figure, stance, motion)
        _draw_arm(
            figure,
            -8 - 14 * max(0.0, stance.wing),
            _arm_angle(stance, action, far=False),
            far=False,
        )


def _arm_angle(stance: Stance, action: str, *, far: bool) -> float:
    """Angle of an arm from hanging down, forward positive: arms swing against the legs."""
    if action in ("run", "walk"):
        return stance.near_leg.angle if far else stance.far_leg.angle
    if action in ("fly", "swim"):
        return 2.8 if action == "fly" else 2.4 + 0.7 * (1 if far else -1) * stance.near_leg.angle
    if action == "jump":
        return 2.5 if far else -2.5
    raised = stance.far_wing if far else stance.wing
    return -0.1 - 1.85 * raised


def _draw_arm(figure: Figure, x: float, angle: float, *, far: bool) -> None:
    fill = _STEEL_DARK if far else _STEEL
    shoulder: Point = (x, -84)
    hand = (x + 42 * math.sin(angle), -84 + 42 * math.cos(angle))
    elbow = ((x + hand[0]) / 2 - 7 * math.cos(angle), (hand[1] - 84) / 2 + 7 * math.sin(angle))
    with figure.group():
        figure.limb(shoulder, elbow, hand, 9, fill)
        figure.oval(*hand, 9, 9, figure.coat.dark if far else figure.coat.base)


def _draw_leg(
    figure: Figure, stance: Stance, motion: Motion, x: float, *, far: bool, action: str
) -> None:
    step = stance.far_leg if far else stance.near_leg
    seated = 0.5 < stance.drop < 1
    angle = 1.45 if seated else 0.8 * step.angle
    hip = (x, -_LEG)
    reach = _LEG + 8 if seated else _LEG - 6 - 0.8 * max(0.0, step.lift)
    foot = (x + reach * math.sin(angle), -_LEG + reach * math.cos(angle))
    knee = ((x + foot[0]) / 2 + 6 * math.cos(angle), (hip[1] + foot[1]) / 2)
    if action == "fly":
        _draw_flame(figure, foot, motion)
    with figure.group():
        figure.limb(hip, knee, foot, 10, _STEEL_DARK if far else _STEEL)
        fill = figure.coat.dark if far else figure.coat.base
        figure.slab(foot[0] - 9, foot[1] - 6, foot[0] + 16, foot[1] + 6, 5, fill)


def _draw_flame(figure: Figure, foot: Point, motion: Motion) -> None:
    x, y = foot
    length = 34 + 8 * math.sin(4 * math.pi * motion.phase)
    figure.shape([(x - 7, y), (x + 13, y), (x + 12, y + 12), (x + 3, y + length), (x - 6, y + 12)],
                 _FLAME)  # fmt: skip
    figure.patch(x + 3, y + 12, 4, 9, (255, 244, 170))


def _draw_trunk(figure: Figure, stance: Stance, motion: Motion) -> None:
    coat = figure.coat
    head = (4 + stance.head[0] * 0.3, -116.0)
    with figure.group():
        figure.limb((2, -84), (3, -92), head, 12, _STEEL)
        figure.slab(-28, -92, 30, -32, 10, figure.fur(-92, -32))
    figure.slab(0, -78, 24, -54, 5, coat.belly)
    figure.patch(7, -70, 4.4, 4.4, (230, 70, 70))
    figure.patch(17, -70, 4.4, 4.4, _LAMP)
    figure.stroke([(5, -60), (19, -60)], 3)
    wear_scarf(figure, (3, -92), 25, 2, motion.sway)
    with figure.brush.placed(*head, turn=stance.head_tilt * 0.5):
        if figure.accessory != "hat":
            figure.limb((-4, -26), (-4, -32), (-4 + 3 * motion.sway, -42), 3, _STEEL)
            figure.oval(-4 + 3 * motion.sway, -45, 7, 7, _LAMP)
        figure.slab(-33, -27, 33, 24, 12, figure.fur(-27, 24))
        figure.slab(-10, -17, 28, 13, 8, _SCREEN)
        _draw_face(figure, closed=stance.eyes_closed)
        wear_on_head(figure, _FIT)


def _draw_face(figure: Figure, *, closed: bool) -> None:
    glow = mix(_GLOW, (255, 255, 255), 0.2)
    for x in (1, 17):
        if closed:
            figure.stroke([(x - 4, -4), (x + 4, -4)], 3.4, glow)
        else:
            figure.patch(x, -5, 5, 6, glow)
    figure.stroke([(3, 6), (9, 9), (16, 6)], 2.8, glow)
