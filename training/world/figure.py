"""Cartoon figures: parts drawn as one silhouette with a thick outline around the whole group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import skia

from training.world.brush import Brush, Fill, Point, Shade, bend, polyline, smooth_outline
from training.world.palette import SUBJECT_TINT_SHARE, WHITE, Coat, Colour

INK_WIDTH = 3.2
"""How far the outline reaches beyond a part, in subject units."""

PUPIL: Colour = (18, 14, 26)


class Figure:
    """Draws the parts of one subject in its own units: feet at y = 0, up negative, facing right."""

    def __init__(self, brush: Brush, coat: Coat, accessory: str) -> None:
        self.brush = brush
        self.coat = coat
        self.accessory = accessory
        self._parts: list[tuple[Any, Fill, float, bool]] | None = None

    @contextmanager
    def group(self) -> Iterator[None]:
        """Parts drawn inside share one outline: no ink shows where they overlap."""
        outer, self._parts = self._parts, []
        yield
        parts, self._parts = self._parts, outer
        for path, _, width, inked in parts:
            if inked:
                self._ink(path, width)
        for path, fill, width, _ in parts:
            self._fill(path, fill, width)

    def part(self, path: Any, fill: Fill, width: float = 0.0) -> None:
        """An outlined path: a closed shape, or a line when a width is given."""
        if self._parts is not None:
            self._parts.append((path, fill, width, True))
        else:
            self._ink(path, width)
            self._fill(path, fill, width)

    def bare(self, path: Any, fill: Fill, width: float = 0.0) -> None:
        """A path without outline, in its turn among the parts of the open group."""
        if self._parts is not None:
            self._parts.append((path, fill, width, False))
        else:
            self._fill(path, fill, width)

    def _ink(self, path: Any, width: float) -> None:
        paint = self.brush.paint(
            self.coat.ink, stroke=width + 2 * INK_WIDTH, share=SUBJECT_TINT_SHARE
        )
        self.brush.canvas.drawPath(path, paint)

    def _fill(self, path: Any, fill: Fill, width: float) -> None:
        paint = self.brush.paint(fill, stroke=width, share=SUBJECT_TINT_SHARE)
        self.brush.canvas.drawPath(path, paint)

    def oval(
        self, x: float, y: float, half_width: float, half_height: float, fill: Fill,
        turn: float = 0.0,
    ) -> None:  # fmt: skip
        """An outlined ellipse, turned by degrees around its centre."""
        path = skia.Path()
        path.addOval(skia.Rect(x - half_width, y - half_height, x + half_width, y + half_height))
        if turn:
            path.transform(skia.Matrix().setRotate(turn, x, y))
        self.part(path, fill)

    def body(self, x: float, y: float, half_width: float, half_height: float, turn: float) -> None:
        """An ellipse in the coat's colours, lighter above."""
        reach = max(half_height, half_width * abs(turn) / 90)
        self.oval(x, y, half_width, half_height, self.fur(y - reach, y + reach), turn)

    def fur(self, top: float, bottom: float) -> Shade:
        """The coat's colour between two heights, lighter above."""
        return Shade(self.coat.light, self.coat.base, top, bottom)

    def slab(
        self, left: float, top: float, right: float, bottom: float, radius: float, fill: Fill
    ) -> None:
        """An outlined rectangle with round corners."""
        path = skia.Path()
        path.addRoundRect(skia.Rect(left, top, right, bottom), radius, radius)
        self.part(path, fill)

    def shape(self, points: Sequence[Point], fill: Fill) -> None:
        """An outlined soft shape."""
        self.part(smooth_outline(points), fill)

    def wedge(self, points: Sequence[Point], fill: Fill) -> None:
        """An outlined polygon with corners."""
        self.part(polyline(points, closed=True), fill)

    def limb(self, start: Point, control: Point, end: Point, width: float, fill: Fill) -> None:
        """An outlined thick curve."""
        self.part(bend(start, control, end), fill, width)

    def patch(
        self, x: float, y: float, half_width: float, half_height: float, fill: Fill,
        turn: float = 0.0,
    ) -> None:  # fmt: skip
        """An ellipse without outline: bellies, cheeks, noses."""
        path = skia.Path()
        path.addOval(skia.Rect(x - half_width, y - half_height, x + half_width, y + half_height))
        if turn:
            path.transform(skia.Matrix().setRotate(turn, x, y))
        self.bare(path, fill)

    def shape_patch(self, points: Sequence[Point], fill: Fill) -> None:
        """A soft shape without outline: a cheek."""
        self.bare(smooth_outline(points), fill)

    def wedge_patch(self, points: Sequence[Point], fill: Fill) -> None:
        """A polygon without outline: the inside of an ear."""
        self.bare(polyline(points, closed=True), fill)

    def stroke(self, points: Sequence[Point], width: float, fill: Fill | None = None) -> None:
        """A plain line: mouths, whiskers; in ink unless a colour is given."""
        self.bare(polyline(points, closed=False), self.coat.ink if fill is None else fill, width)

    def eye(self, x: float, y: float, radius: float, *, closed: bool = False) -> None:
        """A round eye that looks ahead, or a closed one."""
        if closed:
            curve = bend((x - radius, y), (x, y + radius * 1.3), (x + radius, y))
            self.bare(curve, self.coat.ink, 3.0)
            return
        self.brush.circle(x, y, radius * 1.2, WHITE, share=SUBJECT_TINT_SHARE)
        self.brush.circle(x + radius * 0.18, y, radius * 0.8, PUPIL, share=0)
        self.brush.circle(x + radius * 0.42, y - radius * 0.3, radius * 0.28, WHITE, share=0)
