"""Pages of a PDF in the order of their text: group titles on lines of their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, broken, shown
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import (
    GridRow,
    Groups,
    RowKind,
    Shape,
    Spans,
    draw_shape,
    grid,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet


@dataclass(frozen=True, slots=True)
class FlowStyle:
    """How lines are broken, in columns, and where values stand.

    Values are parted by `gap`. `values_at`, from 0 to 1, tells behind which line of a row's title
    they stand; above 1 they have a line of their own. Column titles are read line by line across
    if `across`, else one after the other.
    """

    gap: str
    label_width: int
    head_width: int
    values_at: float
    across: bool


def _draw(rng: Random) -> tuple[Shape, FlowStyle]:
    style = FlowStyle(
        gap=rng.choice((" ", " ", "  ")),
        label_width=rng.choice((16, 22, 28, 36)),
        head_width=rng.choice((4, 4, 6, 8, 40)),
        values_at=rng.choice((0.0, 0.5, 1.0, 1.0, 2.0)),
        across=rng.random() < 0.5,
    )
    shape = draw_shape(rng, (Groups.OWN_ROW, Groups.OWN_ROW, Groups.JOINED), (Spans.GONE,))
    return replace(shape, flat_head=False, joint=""), style


def flowing_rows(rng: Random) -> Layout:
    """Row by row, titles broken over lines, the values behind one of them."""
    shape, style = _draw(rng)
    return partial(_print_rows, shape, style)


def _print_rows(shape: Shape, style: FlowStyle, sheet: Sheet) -> list[Piece]:
    lines = [line for row in grid(sheet, shape) for line in _lines(row, style)]
    return joined(lines, "\n")


def _lines(row: GridRow, style: FlowStyle) -> Iterator[Line]:
    if row.kind is RowKind.HEAD:
        yield from _head_lines(row, style)
        return
    titles = [[Piece(text)] for text in _label_texts(row, style)]
    values = joined([[value] for value in shown(row.values)], style.gap)
    at = round(style.values_at * (len(titles) - 1))
    if values and titles and at < len(titles) and style.values_at <= 1:
        titles[at] = [*titles[at], Piece(style.gap), *values]
        values = []
    yield from titles
    if values:
        yield values


def _label_texts(row: GridRow, style: FlowStyle) -> list[str]:
    width = 72 if row.kind is RowKind.NOTE else style.label_width
    return [text for label in shown(row.labels) for text in broken(label.text, width)]


def _head_lines(row: GridRow, style: FlowStyle) -> Iterator[Line]:
    for text in _label_texts(row, style):
        yield [Piece(text)]
    parts = [broken(title.text, style.head_width) for title in shown(row.values)]
    if style.across:
        for line in zip_longest(*parts, fillvalue=""):
            yield [Piece(style.gap.join(filter(None, line)))]
    else:
        yield from ([Piece(text)] for title in parts for text in title)


def titles_then_values(rng: Random) -> Layout:
    """All titles of a block of rows, then all its values, row by row."""
    shape, style = _draw(rng)
    return partial(_print_titles_then_values, shape, style, rng.choice((style.gap, "\n", "\t")))


def _print_titles_then_values(
    shape: Shape, style: FlowStyle, gap: str, sheet: Sheet
) -> list[Piece]:
    lines: list[Line] = []
    waiting: list[Line] = []
    for row in grid(sheet, shape):
        if row.kind in (RowKind.BODY, RowKind.GROUP):
            lines += [[Piece(text)] for text in _label_texts(row, style)]
            waiting += _value_line(row.values, gap)
            continue
        lines += [*waiting, *_lines(row, style)]
        waiting = []
    return joined([*lines, *waiting], "\n")


def _value_line(values: Sequence[Piece | None], gap: str) -> list[Line]:
    line = joined([[value] for value in shown(values)], gap)
    return [line] if line else []


FAMILIES: Mapping[str, Family] = {
    "flowing_rows": flowing_rows,
    "titles_then_values": titles_then_values,
}
BOUNDLESS = frozenset(FAMILIES)
