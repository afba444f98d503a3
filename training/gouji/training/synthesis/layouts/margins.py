"""Rows with something at their edges: a running number, or the title at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import Entry, GridRow, Groups, RowKind, Spans, draw_shape
from gouji.training.synthesis.layouts.lines import draw_cells, print_cells
from gouji.training.synthesis.layouts.separated import (
    Rows,
    draw_bars,
    draw_blanks,
    draw_tabs,
    print_bars,
    print_blanks,
)
from gouji.training.synthesis.pieces import Piece

_TITLES = ("序号", "编号", "行次", "No.")
_NUMBERS = ("{}", "{}", "{}", "{:02d}", "{}.", "（{}）", "({})")


@dataclass(frozen=True, slots=True)
class Numbering:
    """Running numbers before rows, from one again below each head if `restarts`."""

    title: str
    number: str
    restarts: bool

    def __call__(self, rows: Rows) -> tuple[GridRow, ...]:
        """The rows with a place for the number before their titles, if they have titles."""
        if not any(row.labels for row in rows if row.kind is RowKind.BODY):
            return tuple(rows)
        numbered: list[GridRow] = []
        number = 1
        was_head = False
        for row in rows:
            entry: Entry = None
            if row.kind is RowKind.HEAD:
                entry = None if was_head else Piece(self.title)
                number = 1 if self.restarts else number
            elif row.kind is RowKind.BODY:
                entry = Piece(self.number.format(number))
                number += 1
            was_head = row.kind is RowKind.HEAD
            numbered.append(row if row.is_title else _before(entry, row))
        return tuple(numbered)


def _before(entry: Entry, row: GridRow) -> GridRow:
    return replace(row, labels=(entry, *row.labels))


def _titles_last(rows: Rows) -> tuple[GridRow, ...]:
    """The rows with their titles behind their values."""
    return tuple(
        row if row.is_title else GridRow(row.kind, (), row.values + row.labels) for row in rows
    )


def _titles_twice(rows: Rows) -> tuple[GridRow, ...]:
    """The rows with their own title once more behind their values."""
    return tuple(
        row if row.is_title else replace(row, values=(*row.values, _own_title(row))) for row in rows
    )


def _own_title(row: GridRow) -> Entry:
    """The innermost title."""
    return next((label for label in reversed(row.labels) if label is not None), None)


def draw_numbering(rng: Random) -> Numbering:
    """Numbers in one of several forms."""
    return Numbering(rng.choice(_TITLES), rng.choice(_NUMBERS), rng.random() < 0.5)


def numbered_bars(rng: Random) -> Layout:
    """Numbered rows with bars."""
    bars = draw_bars(rng, *rng.choice(((False, True), (True, True), (False, False))))
    return partial(print_bars, draw_shape(rng), bars, arrange=draw_numbering(rng))


def numbered_tabs(rng: Random) -> Layout:
    """Numbered rows with tabs."""
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.GONE))
    return partial(print_bars, shape, draw_tabs(rng), arrange=draw_numbering(rng))


def numbered_blanks(rng: Random) -> Layout:
    """Numbered rows with blanks."""
    shape = draw_shape(rng, spans=(Spans.GONE,))
    return partial(print_blanks, shape, draw_blanks(rng), arrange=draw_numbering(rng))


def numbered_cells(rng: Random) -> Layout:
    """Numbered rows, a cell a line."""
    return partial(print_cells, *draw_cells(rng), arrange=draw_numbering(rng))


def _edge_bars(rng: Random, arrange: Callable[[Rows], Rows]) -> Layout:
    groups = (Groups.FIRST, Groups.OWN_ROW, Groups.JOINED)
    shape = draw_shape(rng, groups=groups, spans=(Spans.EMPTY, Spans.GONE))
    edges = rng.choice(((False, True), (True, True), (False, False)))
    bars = rng.choice((draw_bars(rng, *edges), draw_tabs(rng)))
    return partial(print_bars, shape, bars, arrange=arrange)


def titles_last(rng: Random) -> Layout:
    """Values first, their title behind them, with bars or tabs."""
    return _edge_bars(rng, _titles_last)


def titles_last_blanks(rng: Random) -> Layout:
    """Values first, their title behind them, with blanks."""
    shape = draw_shape(rng, groups=(Groups.OWN_ROW, Groups.JOINED), spans=(Spans.GONE,))
    return partial(print_blanks, shape, draw_blanks(rng), arrange=_titles_last)


def titles_twice(rng: Random) -> Layout:
    """Titles before and behind their values, with bars or tabs."""
    return _edge_bars(rng, _titles_twice)


FAMILIES: Mapping[str, Family] = {
    "numbered_bars": numbered_bars,
    "numbered_tabs": numbered_tabs,
    "numbered_blanks": numbered_blanks,
    "numbered_cells": numbered_cells,
    "titles_last": titles_last,
    "titles_last_blanks": titles_last_blanks,
    "titles_twice": titles_twice,
}
BOUNDLESS = frozenset({"numbered_blanks", "titles_last_blanks"})
