"""Drawing on a skia canvas in the light of a scene: paints, smooth paths and bold shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import skia

from training.world.palette import WHITE, Colour, Tint

Point = tuple[float, float]

EDGE = 300
"""How far beyond the 512-wide picture backgrounds are drawn, for a camera that pans."""


class Shade(NamedTuple):
    """A vertical gradient between two colours."""

    top: Colour
    bottom: Colour
    from_y: float
    to_y: float


Fill = Colour | Shade


@lru_cache(maxsize=16384)
def lit_paint(tint: Tint, fill: Fill, alpha: int, stroke: float, share: float) -> Any:
    """A paint in a scene's light, shared by everything that asks for the same one.

    A positive stroke width gives a line with round caps. `share` tells how much of the tint the
    fill takes.
    """
    if isinstance(fill, Shade):
        colours = [_argb(tint.apply(end, share), alpha) for end in (fill.top, fill.bottom)]
        ends = [(0, fill.from_y), (0, fill.to_y)]
        return skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear(ends, colours))
    paint = skia.Paint(AntiAlias=True, Color=_argb(tint.apply(fill, share), alpha))
    if stroke > 0:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(stroke)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def _argb(colour: Colour, alpha: int) -> int:
    red, green, blue = (round(channel) for channel in colour)
    return alpha << 24 | red << 16 | green << 8 | blue


def polyline(points: Sequence[Point], *, closed: bool) -> Any:
    """Straight segments through the points."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.close()
    return path


def smooth_outline(points: Sequence[Point]) -> Any:
    """A closed smooth curve that the points pull like the corners of a soft polygon."""
    path = skia.Path()
    middles = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        for a, b in zip(points, [*points[1:], points[0]], strict=True)
    ]
    path.moveTo(*middles[-1])
    for point, middle in zip(points, middles, strict=True):
        path.quadTo(*point, *middle)
    path.close()
    return path


def bend(start: Point, control: Point, end: Point) -> Any:
    """An open quadratic curve."""
    path = skia.Path()
    path.moveTo(*start)
    path.quadTo(*control, *end)
    return path


class Brush:
    """Draws shapes in a scene's light.

    `pan` is how far the camera has moved to the right, in pixels; `layer` shifts what is drawn
    inside it by that distance times a depth (0: infinitely far, 1: where the subject stands).
    """

    def __init__(self, canvas: Any, tint: Tint, pan: float = 0.0) -> None:
        self.canvas = canvas
        self.tint = tint
        self.pan = pan

    @cached_property
    def unlit(self) -> Brush:
        """The same brush for what gives light of its own, such as the sun: without tint."""
        return Brush(self.canvas, Tint(WHITE, 0.0), self.pan)

    @contextmanager
    def layer(self, depth: float) -> Iterator[None]:
        """Everything drawn inside scrolls with the camera according to its depth."""
        self.canvas.save()
        self.canvas.translate(-self.pan * depth, 0)
        yield
        self.canvas.restore()

    @contextmanager
    def placed(
        self, x: float, y: float, scale_x: float = 1.0, scale_y: float = 1.0, turn: float = 0.0
    ) -> Iterator[None]:
        """Local coordinates with their origin at (x, y), scaled, then turned by degrees."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.scale(scale_x, scale_y)
        if turn:
            self.canvas.rotate(turn)
        yield
        self.canvas.restore()

    def paint(
        self, fill: Fill, *, alpha: int = 255, stroke: float = 0.0, share: float = 1.0
    ) -> Any:
        """The paint of a fill in this light; `share` 0 leaves the colour as it is."""
        return lit_paint(self.tint, fill, alpha, stroke, share)

    def circle(
        self, x: float, y: float, radius: float, fill: Fill, *, alpha: int = 255, share: float = 1.0
    ) -> None:
        """A filled circle."""
        self.canvas.drawCircle(x, y, radius, self.paint(fill, alpha=alpha, share=share))

    def oval(
        self, x: float, y: float, half_width: float, half_height: float, fill: Fill,
        *, alpha: int = 255,
    ) -> None:  # fmt: skip
        """A filled ellipse around (x, y)."""
        bounds = skia.Rect(x - half_width, y - half_height, x + half_width, y + half_height)
        self.canvas.drawOval(bounds, self.paint(fill, alpha=alpha))

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Fill, *, alpha: int = 255
    ) -> None:
        """A filled rectangle."""
        self.canvas.drawRect(skia.Rect(left, top, right, bottom), self.paint(fill, alpha=alpha))

    def frame(
        self, left: float, top: float, right: float, bottom: float, fill: Fill, stroke: float
    ) -> None:
        """The outline of a rectangle."""
        self.canvas.drawRect(skia.Rect(left, top, right, bottom), self.paint(fill, stroke=stroke))

    def path(self, path: Any, fill: Fill, *, alpha: int = 255, stroke: float = 0.0) -> None:
        """A path, filled or stroked."""
        self.canvas.drawPath(path, self.paint(fill, alpha=alpha, stroke=stroke))

    def polygon(self, points: Sequence[Point], fill: Fill, *, alpha: int = 255) -> None:
        """A filled polygon."""
        self.path(polyline(points, closed=True), fill, alpha=alpha)

    def ground(self, heights: Sequence[float], fill: Fill) -> None:
        """Fill everything below a smooth line through heights spaced evenly across the picture."""
        span = 512 + 2 * EDGE
        step = span / (len(heights) - 1)
        path = skia.Path()
        path.moveTo(-EDGE, 540)
        path.lineTo(-EDGE, heights[0])
        for i in range(len(heights) - 1):
            x = -EDGE + i * step
            path.cubicTo(
                x + step / 2, heights[i], x + step / 2, heights[i + 1], x + step, heights[i + 1]
            )
        path.lineTo(512 + EDGE, 540)
        path.close()
        self.path(path, fill)
