"""Plots as SVG, without a library: lines and points over linear or logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 30, 40
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")
TICKS = 5
FONT = 'font-family="sans-serif" font-size="11"'


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot.

    Attributes:
        name: Its name in the legend.
        points: Its points, by x.
        estimated: How many of the last points are extrapolated; they are drawn dashed and hollow.
        markers: Whether each point is marked.
    """

    name: str
    points: Sequence[tuple[float, float]]
    estimated: int = 0
    markers: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its axes; ``spans`` are shaded ranges of x."""

    title: str
    x: str  # what the axis shows, with its unit
    y: str
    lines: Sequence[Line]
    log_x: bool = False
    log_y: bool = False
    spans: Sequence[tuple[float, float]] = field(default=())


class _Axis:
    """Maps values to pixels."""

    def __init__(self, values: Sequence[float], begin: float, end: float, *, log: bool) -> None:
        self._log = log
        self._begin, self._end = begin, end
        if log:
            positive = [value for value in values if value > 0] or [1.0]
            self.low, self.high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
            self.high = max(self.high, self.low + 1)
        else:
            self.low, self.high = min([0.0, *values]), max([*values, 1e-9])
            step = _round_step((self.high - self.low) / TICKS)
            self.high = math.ceil(self.high / step) * step
            self._step = step

    def at(self, value: float) -> float:
        """Return the pixel of *value*."""
        scaled = math.log10(max(value, 10.0**self.low)) if self._log else value
        return self._begin + (scaled - self.low) / (self.high - self.low) * (self._end - self._begin)

    def ticks(self) -> list[float]:
        """Return the values that are labelled."""
        if self._log:
            return [10.0**power for power in range(int(self.low), int(self.high) + 1)]
        return [self.low + n * self._step for n in range(int((self.high - self.low) / self._step + 1.5))]


def svg(plot: Plot) -> str:
    """Return *plot* as an SVG document."""
    xs = [x for line in plot.lines for x, _ in line.points]
    ys = [y for line in plot.lines for _, y in line.points]
    across = _Axis(xs or [0.0, 1.0], LEFT, WIDTH - RIGHT, log=plot.log_x)
    up = _Axis(ys or [0.0, 1.0], HEIGHT - BOTTOM, TOP, log=plot.log_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 18, plot.title, weight="bold"),
        *_spans(plot, across),
        *_grid(across, up),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, plot.x, anchor="middle"),
        f'<g transform="translate(13 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">',
        _text(0, 0, plot.y, anchor="middle"),
        "</g>",
    ]
    for number, line in enumerate(plot.lines):
        colour = COLOURS[number % len(COLOURS)]
        parts += _line(line, colour, across, up)
        parts.append(f'<rect x="{WIDTH - RIGHT + 12}" y="{TOP + 16 * number}" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(WIDTH - RIGHT + 27, TOP + 9 + 16 * number, line.name))
    return "\n".join([*parts, "</svg>"]) + "\n"


def write_svg(path: Path, plot: Plot) -> None:
    """Write *plot* to the file *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(plot), encoding="utf-8")


def _spans(plot: Plot, across: _Axis) -> list[str]:
    shapes = []
    for begin, end in plot.spans:
        left, right = across.at(begin), across.at(end)
        size = f'width="{max(right - left, 0.5):.1f}" height="{HEIGHT - BOTTOM - TOP}"'
        shapes.append(f'<rect x="{left:.1f}" y="{TOP}" {size} fill="#d1242f" opacity="0.12"/>')
    return shapes


def _grid(across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for value in up.ticks():
        y = up.at(value)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#d0d7de"/>')
        parts.append(_text(LEFT - 5, y + 4, _number(value), anchor="end"))
    for value in across.ticks():
        x = across.at(value)
        if x <= WIDTH - RIGHT + 0.5:
            parts.append(
                f'<line x1="{x:.1f}" y1="{HEIGHT - BOTTOM}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM + 4}" stroke="#57606a"/>'
            )
            parts.append(_text(x, HEIGHT - BOTTOM + 16, _number(value), anchor="middle"))
    return parts


def _line(line: Line, colour: str, across: _Axis, up: _Axis) -> list[str]:
    places = [(across.at(x), up.at(y)) for x, y in line.points]
    measured = len(places) - line.estimated
    parts = [_path(places[:measured], colour)] if measured > 1 else []
    if line.estimated:
        parts.append(_path(places[max(measured - 1, 0) :], colour, dashes=' stroke-dasharray="5 4"'))
    if line.markers:
        for number, (x, y) in enumerate(places):
            fill = colour if number < measured else "white"
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{colour}"/>')
    return parts


def _path(places: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"{dashes}/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'


def _number(value: float) -> str:
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:.3g}"


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(max(step, 1e-12)))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= step * 0.999)
