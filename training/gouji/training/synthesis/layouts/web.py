"""Web pages whose tags were taken away: what is left is white space."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.blocks import Line
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import GridRow, RowKind, Shape, Spans, draw_shape, grid
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

_NBSP = "\u00a0"
_BREAKS = re.compile(r"(?<=[，。）])(?=.)|(?<=或)(?=其他)|(?<=\w{2})(?=\w{2}$)")


@dataclass(frozen=True, slots=True)
class WebStyle:
    """What the tags have left.

    `between` stands between the cells of a row, `around` before and behind a cell's text, `empty`
    in a cell without any. `row_gap` parts rows. Titles of columns hold `line_break` where the
    page had one.
    """

    between: str
    row_gap: str
    around: tuple[str, str] = ("", "")
    empty: str = ""
    line_break: str | None = None
    margin: str = ""
    keeps: bool = True


def html_rows(rng: Random) -> Layout:
    """Cells of a row side by side, blanks that do not break in empty ones."""
    style = WebStyle(
        between=rng.choice((" ", "  ", _NBSP, f" {_NBSP}", f"{_NBSP}{_NBSP}")),
        row_gap=rng.choice(("\n", "\n\n", " \n", "\n \n")),
        empty=_NBSP,
        margin=rng.choice(("", " ", "    ", _NBSP)),
        keeps=False,
    )
    shape = draw_shape(rng, spans=(Spans.GONE, Spans.GONE, Spans.REPEATED))
    return partial(_print, style, shape)


def html_cells(rng: Random) -> Layout:
    """Each cell on a line of its own, indented as in the source, blank lines between rows."""
    step, depth = rng.choice((("  ", 1), ("  ", 3), ("    ", 1), ("    ", 3), ("\t", 2), ("\t", 4)))
    style = WebStyle(
        between="\n" + step * depth,
        margin=step * depth,
        row_gap=rng.choice(("\n\n", f"\n{step * (depth - 1)}\n", "\n\n\n", "\n\n\n\n")),
        around=rng.choice((("", ""), ("", ""), ("", " "), (" ", " "))),
        empty=rng.choice(("", _NBSP)),
    )
    shape = draw_shape(rng, spans=(Spans.GONE, Spans.GONE, Spans.EMPTY), filled=0.0)
    return partial(_print, style, shape)


def html_breaks(rng: Random) -> Layout:
    """Tabs between cells, line breaks within the titles of columns."""
    style = WebStyle(
        between=rng.choice(("\t", "\t", " \t ", "\t\t")),
        row_gap=rng.choice(("\n", "\n", "\n\n")),
        around=rng.choice((("", ""), ("", _NBSP), (" ", ""), (_NBSP, ""))),
        empty=rng.choice(("", _NBSP)),
        line_break=rng.choice(("\n", "\n", " \n")),
    )
    return partial(_print, style, draw_shape(rng, spans=(Spans.EMPTY, Spans.GONE), filled=0.3))


def html_paragraphs(rng: Random) -> Layout:
    """Each cell a paragraph, its title broken by line breaks; rows set further apart."""
    style = WebStyle(
        between=rng.choice(("\n\n", "\n \n")),
        row_gap=rng.choice(("\n\n\n", "\n\n\n\n", f"\n\n{_NBSP}\n\n")),
        around=rng.choice((("　", ""), ("", "　"), (_NBSP, _NBSP), ("  ", "  "))),
        empty=_NBSP,
        line_break="\n",
    )
    return partial(_print, style, draw_shape(rng, spans=(Spans.GONE,)))


def _print(style: WebStyle, shape: Shape, sheet: Sheet) -> list[Piece]:
    lines = [_row(row, style) for row in grid(sheet, shape)]
    return joined([line for line in lines if line], style.row_gap)


def _row(row: GridRow, style: WebStyle) -> Line:
    is_head = row.kind is RowKind.HEAD
    cells = [_cell(entry or Piece(""), is_head, style) for entry in row.entries]
    return [Piece(style.margin), *joined(cells, style.between)] if cells else []


def _cell(piece: Piece, is_head: bool, style: WebStyle) -> Line:
    if not piece.text:
        return [Piece(style.empty), piece] if style.keeps else [Piece(style.empty)]
    if is_head and style.line_break is not None:
        piece = Piece(style.line_break.join(_BREAKS.split(piece.text)))
    return [Piece(style.around[0]), piece, Piece(style.around[1])]


FAMILIES: Mapping[str, Family] = {
    "html_rows": html_rows,
    "html_cells": html_cells,
    "html_breaks": html_breaks,
    "html_paragraphs": html_paragraphs,
}
BOUNDLESS = frozenset({"html_rows"})
