"""Draws learning curves from runs' logs: `python -m training.evaluate.curves OUT.svg RUN [RUN ...]`.

One panel for every quantity the logs hold: the loss, and what the judge named right where a run was told `--judge`.
"""

import argparse
import re
from pathlib import Path

from training.paths import run_folder

LOSS = re.compile(r" (\d+) samples loss ([\d.]+)")
JUDGED = re.compile(r" (\d+) samples, judge: (.+)$")
SCORE = re.compile(r"([a-z]+) ([\d.]+)")
WIDTH, HEIGHT, MARGIN = 360, 200, 42
COLOURS = ("#1b6ca8", "#c8553d", "#2a7f4f", "#7a4fa3", "#8a6d1f", "#444444")

Curve = list[tuple[float, float]]


def read_curves(log: str) -> dict[str, Curve]:
    """Points (samples, value) by quantity."""
    curves: dict[str, Curve] = {}
    for line in log.splitlines():
        if found := LOSS.search(line):
            curves.setdefault("loss", []).append((float(found[1]), float(found[2])))
        if found := JUDGED.search(line):
            for name, value in SCORE.findall(found[2]):
                curves.setdefault(f"{name}, per cent", []).append((float(found[1]), float(value)))
    return curves


def panel(name: str, curves: dict[str, Curve], top: int) -> list[str]:
    """One plot as SVG elements; `curves` by run."""
    points = [point for curve in curves.values() for point in curve]
    right = max(x for x, _ in points) or 1.0
    low, high = min(y for _, y in points), max(y for _, y in points)
    span = (high - low) or 1.0

    def place(x: float, y: float) -> str:
        across = MARGIN + x / right * WIDTH
        return f"{across:.1f},{top + MARGIN + (high - y) / span * HEIGHT:.1f}"

    box = f'x="{MARGIN}" y="{top + MARGIN}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<rect {box} fill="none" stroke="#999"/>',
        f'<text x="{MARGIN}" y="{top + MARGIN - 8}" font-weight="bold">{name}</text>',
        f'<text x="2" y="{top + MARGIN + 10}">{high:.3g}</text>',
        f'<text x="2" y="{top + MARGIN + HEIGHT}">{low:.3g}</text>',
        f'<text x="{WIDTH - 60}" y="{top + MARGIN + HEIGHT + 16}">{right:,.0f} samples</text>',
    ]
    for colour, (run, curve) in zip(COLOURS * 9, curves.items(), strict=False):
        path = " ".join(place(x, y) for x, y in curve)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        y = top + MARGIN + 16 + 16 * list(curves).index(run)
        parts.append(f'<text x="{WIDTH - 70}" y="{y}" fill="{colour}">{run}</text>')
    return parts


def draw(runs: dict[str, dict[str, Curve]]) -> str:
    """All panels, one below the other."""
    names = list(dict.fromkeys(name for curves in runs.values() for name in curves))
    parts: list[str] = []
    for index, name in enumerate(names):
        shown = {run: curves[name] for run, curves in runs.items() if name in curves}
        parts += panel(name, shown, index * (HEIGHT + 2 * MARGIN))
    height, width = len(names) * (HEIGHT + 2 * MARGIN), WIDTH + 2 * MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    style = ' font-family="sans-serif" font-size="12" style="background:#fff">'
    return "\n".join([head + style, *parts, "</svg>"]) + "\n"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", nargs="+")
    arguments = parser.parse_args(argv)
    runs = {run: read_curves((run_folder(run) / "log.txt").read_text()) for run in arguments.runs}
    if not any(runs.values()):
        raise SystemExit("these logs hold no curves yet")
    arguments.out.write_text(draw(runs), encoding="utf-8")
    print(f"{arguments.out}: " + ", ".join(f"{run} {list(found)}" for run, found in runs.items()))


if __name__ == "__main__":
    main()
