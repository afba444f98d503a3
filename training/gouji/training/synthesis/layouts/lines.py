"""One cell or a few a line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, shown
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
from gouji.training.synthesis.layouts.separated import Arrange
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

Cut = Callable[[GridRow], Sequence[Line]]
"""The lines of a row."""

_APART = (Groups.FIRST, Groups.EVERY, Groups.OWN_ROW, Groups.JOINED)


@dataclass(frozen=True, slots=True)
class LineStyle:
    """What parts cells and rows.

    `between` parts the lines of a row, `row_gap` rows. Values and titles have an indent; `empty`
    is printed in an empty cell, which leaves no line unless `keeps`.
    """

    between: str = "\n"
    row_gap: str = "\n"
    title_indent: str = ""
    value_indent: str = ""
    empty: str = ""
    keeps: bool = True


def cell_line(piece: Piece, is_value: bool, style: LineStyle) -> Line:
    """A cell with its indent."""
    indent = style.value_indent if is_value else style.title_indent
    return [Piece(indent + (style.empty if not piece.text else "")), piece]


def one_a_line(row: GridRow, style: LineStyle) -> list[Line]:
    """The cells of the row, a line each."""
    cells = [(entry or Piece(""), False) for entry in row.labels]
    cells += [(entry or Piece(""), row.kind is RowKind.BODY) for entry in row.values]
    return [
        cell_line(cell, is_value, style) for cell, is_value in cells if style.keeps or cell.text
    ]


def print_lines(rows: Iterable[GridRow], cut: Cut, style: LineStyle) -> list[Piece]:
    """The rows cut into lines."""
    groups = [joined(lines, style.between) for row in rows if (lines := cut(row))]
    return joined(groups, style.row_gap)


def _layout(
    shape: Shape, cut: Callable[[GridRow, LineStyle], Sequence[Line]], style: LineStyle
) -> Layout:
    def layout(sheet: Sheet) -> list[Piece]:
        return print_lines(grid(sheet, shape), lambda row: cut(row, style), style)

    return layout


def _shape(rng: Random, empty_places: bool = False) -> Shape:
    """Shapes without merged places, which would be lines without a text, unless asked for."""
    spans = (Spans.GONE, Spans.EMPTY) if empty_places else (Spans.GONE,)
    return draw_shape(rng, groups=_APART, spans=spans, filled=0.0)


def print_cells(
    shape: Shape, style: LineStyle, sheet: Sheet, arrange: Arrange = tuple
) -> list[Piece]:
    """The sheet with a cell a line, its rows changed by `arrange`."""
    return print_lines(arrange(grid(sheet, shape)), lambda row: one_a_line(row, style), style)


def draw_cells(rng: Random) -> tuple[Shape, LineStyle]:
    """How a cell a line is set; an empty cell is an empty line."""
    style = LineStyle(
        row_gap=rng.choice(("\n", "\n", "\n\n", "\n\n\n")),
        title_indent=rng.choice(("", "", "  ", "　")),
        empty=rng.choice(("", "", " ", "\u00a0", "　")),
    )
    return _shape(rng, style.row_gap == "\n"), style


def cells(rng: Random) -> Layout:
    """A cell a line; perhaps a blank line between rows."""
    return partial(print_cells, *draw_cells(rng))


def spaced_cells(rng: Random) -> Layout:
    """A cell a line with blank lines, themselves perhaps of blanks, between all of them."""
    between, row_gap = rng.choice(
        (
            ("\n\n", "\n\n"),
            ("\n\n", "\n\n\n"),
            ("\n\n", "\n\n\n\n"),
            ("\n \n", "\n \n"),
            ("\n　\n", "\n　\n"),
            ("\n\n\n", "\n\n\n"),
            ("\n\u00a0\n", "\n\n\u00a0\n"),
        )
    )
    indent = rng.choice(("", "　　", "    ", " "))
    style = LineStyle(between, row_gap, indent, indent, rng.choice(("", "\u00a0")))
    return _layout(_shape(rng), one_a_line, style)


def indented_cells(rng: Random) -> Layout:
    """A cell a line, values deeper than titles."""
    indent = rng.choice(("  ", "    ", "\t", "　　", "        "))
    style = LineStyle(
        row_gap=rng.choice(("\n", "\n", "\n\n")),
        title_indent=rng.choice(("", "", " ")),
        value_indent=indent,
        empty=rng.choice(("", "\u00a0")),
    )
    return _layout(_shape(rng), one_a_line, style)


def dense_cells(rng: Random) -> Layout:
    """A cell a line; empty cells have lost their line."""
    indent = rng.choice(("", "", " ", "  ", "　"))
    gap = rng.choice(("\n", "\n", "\n", "\n\n"))
    style = LineStyle(gap, gap, indent, indent, keeps=False)
    return _layout(_shape(rng), one_a_line, style)


def first_value_beside(rng: Random) -> Layout:
    """The first value stands on the line of its title, the others have a line each."""
    gap = rng.choice((" ", "  ", "\t", "　", "    "))
    style = LineStyle(
        row_gap=rng.choice(("\n", "\n", "\n\n")), value_indent=rng.choice(("", "", "  ", "\t"))
    )
    return _layout(_shape(rng), partial(_with_first_value, gap), style)


def _with_first_value(gap: str, row: GridRow, style: LineStyle) -> list[Line]:
    lines = one_a_line(row, style)
    at = len(row.labels)
    first = next((value for value in row.values if value is not None), None)
    if row.kind is not RowKind.BODY or not at or first is None or not first.text:
        return lines
    return [*lines[: at - 1], [*lines[at - 1], Piece(gap), first], *lines[at + 1 :]]


def cells_abreast(rng: Random) -> Layout:
    """Two or three cells a line, each row beginning a line."""
    gap = rng.choice(("\t", "\t", "\t\t", " \t"))
    number = rng.choice((2, 2, 3))
    style = LineStyle(
        row_gap=rng.choice(("\n", "\n", "\n\n")), title_indent=rng.choice(("", "", "  "))
    )
    title_alone = rng.random() < 0.4
    return _layout(_shape(rng), partial(_abreast, gap, number, title_alone), style)


def _abreast(
    gap: str, number: int, title_alone: bool, row: GridRow, style: LineStyle
) -> list[Line]:
    lines = one_a_line(row, style)
    at = len(row.labels) if title_alone else 0
    groups = [lines[start : start + number] for start in range(at, len(lines), number)]
    return [*lines[:at], *(joined(group, gap) for group in groups)]


def values_below(rng: Random) -> Layout:
    """A line of titles, then a line of all values with tabs between them."""
    gap = rng.choice(("\t", "\t", "\t\t", "\t "))
    return _values_below(rng, gap, keeps=True)


def values_below_blanks(rng: Random) -> Layout:
    """A line of titles, then a line of all values with blanks between them."""
    gap = rng.choice((" ", " ", "  ", "    ", "　"))
    return _values_below(rng, gap, keeps=False)


def _values_below(rng: Random, gap: str, keeps: bool) -> Layout:
    style = LineStyle(row_gap=rng.choice(("\n", "\n", "\n\n")), keeps=keeps)
    indent = rng.choice(("", "", "  ", "\t", "　　"))
    return _layout(_shape(rng), partial(_below, gap, indent), style)


def _below(gap: str, indent: str, row: GridRow, style: LineStyle) -> list[Line]:
    titles = joined([[label] for label in shown(row.labels)], gap)
    values = [[value or Piece("")] for value in row.values if style.keeps or (value and value.text)]
    if row.kind is not RowKind.BODY:
        return [joined([*([title] for title in shown(row.labels)), *values], gap)]
    below = [[Piece(indent), *joined(values, gap)]] if values else []
    return [titles, *below] if titles else below


FAMILIES: Mapping[str, Family] = {
    "cells": cells,
    "spaced_cells": spaced_cells,
    "indented_cells": indented_cells,
    "dense_cells": dense_cells,
    "first_value_beside": first_value_beside,
    "cells_abreast": cells_abreast,
    "values_below": values_below,
    "values_below_blanks": values_below_blanks,
}
BOUNDLESS = frozenset({"dense_cells", "values_below_blanks"})
