"""Geometry of the charts, drawn at two widths so that text keeps its size. Values are plain numbers, never money."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10

WIDTHS = {"wide": 640, "narrow": 326}
HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 180, 24, 24, 40, 8


@dataclass(frozen=True)
class Drawing:
    """One SVG: `grid` [(y, text)], `labels` [(x, text)], `told` [(x, y, text)], and the marks themselves."""

    name: str
    width: int
    grid: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    told: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    height: int = HEIGHT

    @property
    def base(self) -> int:
        return HEIGHT - BOTTOM

    @property
    def right(self) -> int:
        return self.width - RIGHT


@dataclass(frozen=True)
class Scale:
    """Value to y. A bar's scale starts at 0; a line's need not, and then the card says where it starts."""

    low: float
    high: float

    def y(self, value: float) -> float:
        room = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - room * (value - self.low) / (self.high - self.low or 1), 1)

    def grid(self, prefix: str) -> list:
        return [(self.y(v), short(v, prefix)) for v in (self.low, (self.low + self.high) / 2, self.high)]


def short(value: float, prefix: str = "") -> str:
    """`$8.0k`, `94.6`, `1.2M`: an axis' number in at most five signs."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{prefix}{value / size:.1f}{letter}"
    return f"{prefix}{value:.1f}".removesuffix(".0")


def ceiling(value: float) -> float:
    """The next round number above, so that half of it is round too."""
    if value <= 0:
        return 1
    power = 10 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if value <= step * power)


def bars(points: Sequence[dict], prefix: str = "") -> list[Drawing]:
    """Bars of `[{label, value, text?, partial?}]`; highest and last say their value, a partial period is grey."""
    scale = Scale(0, ceiling(max((p["value"] for p in points), default=0)))
    return [_bars(points, scale, prefix, name, width) for name, width in WIDTHS.items()]


def _bars(points, scale, prefix, name, width) -> Drawing:
    drawing = Drawing(name, width, grid=scale.grid(prefix))
    if not points:
        return drawing
    step = (width - LEFT - RIGHT) / len(points)
    highest = max(range(len(points)), key=lambda i: points[i]["value"])
    for i, point in enumerate(points):
        x, y = LEFT + step * (i + 0.5), scale.y(point["value"])
        wide = round(min(28, step * 0.62), 1)
        mark = {"x": round(x - wide / 2, 1), "y": y, "width": wide, "height": round(drawing.base - y, 1)}
        drawing.marks.append(mark | {"part": point.get("partial", False)})
        if i in (highest, len(points) - 1):
            drawing.told.append((round(x, 1), y - 6, point.get("text") or short(point["value"], prefix)))
    drawing.labels.extend(_labels([p["label"] for p in points], lambda i: LEFT + step * (i + 0.5), width))
    return drawing


def _labels(words: Sequence[str], x_of, width: int) -> list:
    """As many labels as fit, the last one always."""
    every = max(1, -(-len(words) * 56 // (width - LEFT)))
    return [(round(x_of(i), 1), word) for i, word in enumerate(words) if (len(words) - 1 - i) % every == 0]


def lines(labels: Sequence[str], series: Sequence[dict], prefix: str = "", low: float | None = None) -> list[Drawing]:
    """At most five lines `[{name, values}]` over `labels`; None is a gap, not zero. All but the first are dashed."""
    known = [v for one in series for v in one["values"] if v is not None] or [0]
    scale = Scale(0, ceiling(max(known))) if low is None else Scale(low, max(max(known), low + 1))
    return [_lines(labels, series, scale, prefix, name, width) for name, width in WIDTHS.items()]


def _lines(labels, series, scale, prefix, name, width) -> Drawing:
    drawing = Drawing(name, width, grid=scale.grid(prefix))
    end = width - RIGHT - 64  # the line's own name stands at its end

    def x_of(i: int) -> float:
        return LEFT + (end - LEFT) * i / max(1, len(labels) - 1)

    for number, one in enumerate(series, 1):
        for run in _runs(one["values"]):
            points = [(round(x_of(i), 1), scale.y(v)) for i, v in run]
            drawing.marks.append({"points": " ".join(f"{x},{y}" for x, y in points), "number": number})
        if run := [(i, v) for i, v in enumerate(one["values"]) if v is not None]:
            i, value = run[-1]
            drawing.told.append((round(x_of(i), 1) + 6, scale.y(value) + 4, one["name"]))
    _spread(drawing.told)
    drawing.labels.extend(_labels(labels, x_of, end))
    return drawing


def _spread(told: list) -> None:
    """Names at the lines' ends keep a line's height between them."""
    told.sort(key=lambda each: each[1])
    for i in range(1, len(told)):
        x, y, name = told[i]
        told[i] = (x, max(y, told[i - 1][1] + 13), name)


def _runs(values: Sequence[float | None]) -> list[list]:
    """The stretches between gaps, each as [(index, value)]."""
    runs: list[list] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((i, value))
    return [run for run in runs if run]


def uptime(days: Sequence[dict]) -> list[dict]:
    """One bar a day, 10 wide; trouble carries a notch as well, so that colour is not the only sign."""
    return [{"x": i * 10, "notch": i * 10 + 2, "state": day["state"]} for i, day in enumerate(days)]
