"""Two years side by side: every number with last year's before or behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import Shape, Spans, draw_shape
from gouji.training.synthesis.layouts.lines import draw_cells, print_cells
from gouji.training.synthesis.layouts.separated import (
    Bars,
    Blanks,
    draw_bars,
    draw_blanks,
    draw_tabs,
    print_bars,
    print_blanks,
)
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

_NAMES = (
    ("上年", "本年"),
    ("上年度", "本年度"),
    ("上年数", "本年数"),
    ("去年", "今年"),
    ("上期数", "本期数"),
    ("上年同期", "本年"),
    ("{last}年", "{this}年"),
    ("{last}年度", "{this}年度"),
    ("{last}", "{this}"),
)
_LAST_YEARS = (0, 0, 0, 0, 1, 2, 3)  # most numbers of a report are nought


@dataclass(frozen=True, slots=True)
class YearStyle:
    """The titles of (last year, this year) and which comes first.

    `seed` fixes last year's numbers.
    """

    names: tuple[str, str]
    this_first: bool
    seed: int


def two_years(sheet: Sheet, style: YearStyle) -> Sheet:
    """The sheet with last year's number, which is no cell, at each of its values.

    Where this year's number is missing or a mark, last year's most often is as well.
    """
    rng = Random(f"{style.seed}/{sheet.table.id}")
    panels = tuple(_two_years(panel, style, rng) for panel in sheet.panels)
    return replace(sheet, panels=panels)


def _two_years(panel: Panel, style: YearStyle, rng: Random) -> Panel:
    last, this = style.names
    order = (this, last) if style.this_first else (last, this)
    heads = tuple((*path, year) for path in panel.heads for year in order)
    rows = tuple(
        SheetRow(
            row.labels,
            tuple(value for this_year in row.values for value in _pair(this_year, style, rng)),
        )
        for row in panel.rows
    )
    return replace(panel, heads=heads, rows=rows)


def _pair(value: Value, style: YearStyle, rng: Random) -> tuple[Value, Value]:
    is_number = any(map(str.isdigit, value.text))
    text = str(_last_year(rng)) if is_number or rng.random() < 0.2 else value.text
    last = Value(text, None)
    return (value, last) if style.this_first else (last, value)


def _last_year(rng: Random) -> int:
    """A made-up number of last year's."""
    if rng.random() < 0.7:
        return rng.choice(_LAST_YEARS)
    return int(rng.lognormvariate(3, 1.8))


def draw_years(rng: Random) -> YearStyle:
    """Relative names or the years themselves."""
    this = rng.randint(2019, 2025)
    last_name, this_name = (name.format(last=this - 1, this=this) for name in rng.choice(_NAMES))
    return YearStyle((last_name, this_name), rng.random() < 0.35, rng.getrandbits(32))


def two_years_bars(rng: Random) -> Layout:
    """Two years in rows with bars."""
    bars = draw_bars(rng, *rng.choice(((False, True), (True, True), (False, False))))
    return partial(_print_bars, draw_years(rng), draw_shape(rng), bars)


def two_years_tabs(rng: Random) -> Layout:
    """Two years in rows with tabs."""
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.GONE))
    return partial(_print_bars, draw_years(rng), shape, draw_tabs(rng))


def _print_bars(years: YearStyle, shape: Shape, bars: Bars, sheet: Sheet) -> list[Piece]:
    return print_bars(shape, bars, two_years(sheet, years))


def two_years_blanks(rng: Random) -> Layout:
    """Two years in rows with blanks."""
    shape = draw_shape(rng, spans=(Spans.GONE,))
    return partial(_print_blanks, draw_years(rng), shape, draw_blanks(rng))


def _print_blanks(years: YearStyle, shape: Shape, blanks: Blanks, sheet: Sheet) -> list[Piece]:
    return print_blanks(shape, blanks, two_years(sheet, years))


def two_years_cells(rng: Random) -> Layout:
    """Two years, a cell a line."""
    years, (shape, style) = draw_years(rng), draw_cells(rng)

    def layout(sheet: Sheet) -> list[Piece]:
        return print_cells(shape, style, two_years(sheet, years))

    return layout


FAMILIES: Mapping[str, Family] = {
    "two_years_bars": two_years_bars,
    "two_years_tabs": two_years_tabs,
    "two_years_blanks": two_years_blanks,
    "two_years_cells": two_years_cells,
}
BOUNDLESS = frozenset({"two_years_blanks"})
