"""Charts as SVG: risk against coverage, reliability diagrams, and a rate version by version."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from gouji.inference.evaluation_page.markup import Html, joined, tag
from gouji.inference.risk import Reliability, RiskCoverage

Point = tuple[float, float]

_WIDTH, _HEIGHT = 460, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 24, 14, 46
_N_TICKS = 5
_MOST_POINTS = 200
_LEAST_RISK = 1e-4  # the axis reaches this far even if nothing is wrong
_ROOM_FOR_VALUES, _ROOM_FOR_NAMES = 28, 100  # above and below the axis, in pixels
_LONGEST_NAME = 18
_LOWEST = (0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)  # where an axis of confidences may begin


@dataclass(frozen=True, slots=True)
class _Axis:
    """What an axis shows, from `low` to `high`."""

    title: str
    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies between the ends: 0 to 1."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> tuple[float, ...]:
        step = (self.high - self.low) / _N_TICKS
        return tuple(self.low + step * number for number in range(_N_TICKS + 1))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes of a chart, and where values lie in the picture."""

    x: _Axis
    y: _Axis
    top: int = _TOP
    bottom: int = _BOTTOM

    def at(self, point: Point) -> Point:
        """The place of a point, in pixels from the top left."""
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - self.top - self.bottom
        return _LEFT + width * self.x.share(point[0]), self.top + height * (
            1 - self.y.share(point[1])
        )


@dataclass(frozen=True, slots=True)
class Dot:
    """A value under a name, with the ends of its interval; None for what is undefined.

    `shown` is the value as text, `apart` gives it the other mark, and a line leads to it from the
    dot whose number is `before`.
    """

    name: str
    value: float | None
    ends: tuple[float | None, float | None]
    shown: str
    apart: bool = False
    before: int | None = None


def dot_chart(dots: Sequence[Dot], title: str) -> Html:
    """A dot a value from left to right, its interval as an upright line, its value beside it."""
    known = [end for dot in dots for end in (dot.value, *dot.ends) if end is not None]
    low, high = _around(min(known, default=0.0), max(known, default=0.0))
    axes = _Axis("", 0, len(dots)), _Axis(title, low, high)
    frame = _Frame(*axes, _ROOM_FOR_VALUES, _ROOM_FOR_NAMES)
    places = [
        None if dot.value is None else frame.at((number + 0.5, dot.value))
        for number, dot in enumerate(dots)
    ]
    lines = (
        _stroke([places[dot.before], place], "line s0")
        for dot, place in zip(dots, places, strict=True)
        if dot.before is not None
    )
    marks = (_named_dot(frame, number, dot) for number, dot in enumerate(dots))
    width = len(dots)
    ruled = _ruled(frame, frame.y.ticks, lambda t: ((0, t), (width, t)), frame.y, (-6, 4, "end"))
    return _framed(title, [tag("g", ruled, class_="grid"), *lines, *marks])


def _named_dot(frame: _Frame, number: int, dot: Dot) -> Html:
    """The mark of a value with its interval, its text above, and its name below the axis."""
    x, foot = frame.at((number + 0.5, frame.y.low))
    short = dot.name if len(dot.name) <= _LONGEST_NAME else f"…{dot.name[1 - _LONGEST_NAME :]}"
    slanted = f"translate({x + 4:.1f} {foot + 16:.1f}) rotate(-32)"
    parts = [tag("text", short, transform=slanted, text_anchor="end")]
    above = foot
    if dot.value is not None:
        ends = [frame.at((number + 0.5, dot.value if e is None else e)) for e in dot.ends]
        place = frame.at((number + 0.5, dot.value))
        above = min(y for _, y in (*ends, place))
        parts += [_stroke(ends, "interval"), _dot(int(dot.apart), place)]
    at = {"x": f"{x:.1f}", "y": f"{above - 7:.1f}"}
    parts.append(tag("text", dot.shown, text_anchor="middle", class_="value", **at))
    return tag("g", tag("title", f"{dot.name}：{dot.shown}"), *parts)


def _around(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis that holds both values, with room above and round numbers at its ticks.

    >>> _around(0.913, 0.987), _around(0.0, 0.0001)
    ((0.9, 1.0), (0.0, 0.0005))
    """
    step = _above((high - low) / _N_TICKS)
    while True:
        start = floor(low / step + 1e-9) * step
        end = start + _N_TICKS * step
        if end >= 1 >= high and _N_TICKS * step <= 1:
            return round(1 - _N_TICKS * step, 9), 1.0
        if high <= end:
            return round(start, 9), round(end, 9)
        step = _above(step * 1.01)


def risk_chart(series: Sequence[tuple[str, RiskCoverage]], title: str) -> Html:
    """The error rate among the surest share of results against that share, a line a series."""
    highest = max((risk for _, curve in series for risk in curve.risk), default=0.0)
    frame = _Frame(_Axis("覆盖率 (coverage)", 0, 1), _Axis("错误率 (risk)", 0, _above(highest)))
    lines = (
        _path(frame, [(0.0, curve.risk[0]), *_thinned(curve)], class_=f"line s{number}")
        for number, (_, curve) in enumerate(series)
    )
    return _svg(frame, title, [*lines, _legend([name for name, _ in series])])


def reliability_chart(series: Sequence[tuple[str, Reliability]], title: str) -> Html:
    """The share that is right in each bin against its mean confidence; on the diagonal is best."""
    bins = [bin_ for _, diagram in series for bin_ in diagram.bins]
    least = min((min(b.confidence, b.accuracy) for b in bins), default=0.0)
    low = next((start for start in _LOWEST if start <= least), 0.0)
    frame = _Frame(_Axis("置信度 (confidence)", low, 1), _Axis("正确率 (accuracy)", low, 1))
    dots = (
        joined(_dot(number, frame.at((b.confidence, b.accuracy))) for b in diagram.bins)
        for number, (_, diagram) in enumerate(series)
    )
    ideal = _path(frame, [(low, low), (1.0, 1.0)], class_="ideal")
    return _svg(frame, title, [ideal, *dots, _legend([name for name, _ in series], dots=True)])


def _thinned(curve: RiskCoverage) -> Iterable[Point]:
    points = tuple(zip(curve.coverage, curve.risk, strict=True))
    step = max(1, ceil(len(points) / _MOST_POINTS))
    return (*points[:-1:step], points[-1])


def _above(value: float) -> float:
    """The end of an axis that holds a value: 1, 2 or 5 times a power of ten, and at most 1."""
    value = max(value, _LEAST_RISK)
    power = 10.0 ** floor(log10(value))
    return float(min(1.0, next(n * power for n in (1, 2, 5, 10) if n * power >= value * 0.999)))


def _svg(frame: _Frame, title: str, content: Iterable[Html]) -> Html:
    return _framed(title, [_grid(frame), *content])


def _framed(title: str, content: Iterable[Html]) -> Html:
    return tag(
        "svg",
        tag("title", title),
        *content,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=title,
    )


def _grid(frame: _Frame) -> Html:
    """The lines and numbers of both axes, and their titles."""
    x, y = frame.x, frame.y
    parts = [_ruled(frame, x.ticks, lambda t: ((t, y.low), (t, y.high)), x, (0, 16, "middle"))]
    parts += [_ruled(frame, y.ticks, lambda t: ((x.low, t), (x.high, t)), y, (-6, 4, "end"))]
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    upright = f"translate(14 {middle:g}) rotate(-90)"
    across = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(tag("text", x.title, x=f"{across:g}", y=_HEIGHT - 8, text_anchor="middle"))
    parts.append(tag("text", y.title, transform=upright, text_anchor="middle"))
    return tag("g", *parts, class_="grid")


def _ruled(
    frame: _Frame,
    ticks: Iterable[float],
    ends: Callable[[float], tuple[Point, Point]],
    axis: _Axis,
    place: tuple[int, int, str],
) -> Html:
    """A line across the chart with its number at the beginning, for each tick."""
    right, down, anchor = place
    parts = []
    for tick in ticks:
        parts.append(_path(frame, ends(tick)))
        x, y = frame.at(ends(tick)[0])
        number = tag(
            "text", _tick(tick, axis), x=f"{x + right:.1f}", y=f"{y + down:.1f}", text_anchor=anchor
        )
        parts.append(number)
    return joined(parts)


def _tick(value: float, axis: _Axis) -> str:
    """The tick in per cent, with the digits that tell it from its neighbour."""
    step = (axis.high - axis.low) / _N_TICKS * 100
    digits = max(0, ceil(-log10(step) - 1e-9))
    return f"{value:.{digits}%}"


def _dot(number: int, place: Point) -> Html:
    """The mark of a series: a circle for the first, a square for the others."""
    x, y = place
    if number == 0:
        return tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=4, class_=f"dot s{number}")
    corner = {"x": f"{x - 3.5:.1f}", "y": f"{y - 3.5:.1f}"}
    return tag("rect", width=7, height=7, class_=f"dot s{number}", **corner)


def _path(frame: _Frame, points: Iterable[Point], class_: str | None = None) -> Html:
    return _stroke([frame.at(point) for point in points], class_)


def _stroke(places: Iterable[Point | None], class_: str | None = None) -> Html:
    """A line through places in the picture, those left out that are nowhere."""
    there = [place for place in places if place is not None]
    steps = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(there))
    return tag("path", d=steps, class_=class_)


def _legend(names: Sequence[str], *, dots: bool = False) -> Html:
    """The names of the series at the top left, each beside a piece of its line or its mark."""
    parts = []
    for number, name in enumerate(names):
        y = _TOP + 16 + 18 * number
        line = tag("path", d=f"M{_LEFT + 12} {y} h26", class_=f"line s{number}")
        parts.append(_dot(number, (_LEFT + 25, y)) if dots else line)
        parts.append(tag("text", name, x=_LEFT + 44, y=y + 4))
    return tag("g", *parts, class_="legend")
