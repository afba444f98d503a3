"""Held out: a value and a bar on a line of their own, with bars for merged places."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import GridRow, grid
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet


class Fillers(StrEnum):
    """Where the bars of merged places stand."""

    NONE = "none"
    ROW_END = "row end"
    IN_PLACE = "in place"


@dataclass(frozen=True, slots=True)
class BarStyle:
    """How values and bars are set.

    `bar` follows a value on its line; `glued` fillers share a line; a row may open with a bar
    and lines may stand apart.
    """

    bar: str
    fillers: Fillers
    glued: bool
    opening: bool
    between: str


def value_pipe_lines(rng: Random) -> Layout:
    """A value and a pipe a line; merged places leave bare pipes or nothing."""
    style = BarStyle(
        bar=rng.choice((" |", "|", "  |", "\t|")),
        fillers=rng.choice(tuple(Fillers)),
        glued=rng.random() < 0.7,
        opening=rng.random() < 0.25,
        between=rng.choice(("\n", "\n", "\n", "\n\n")),
    )
    return partial(print_bars, style)


def print_bars(style: BarStyle, sheet: Sheet) -> list[Piece]:
    """The sheet in this style."""
    lines = [line for row in grid(sheet) for line in _lines(row, style)]
    return joined(lines, style.between)


def _lines(row: GridRow, style: BarStyle) -> Iterator[list[Piece]]:
    if style.opening:
        yield [Piece("|")]
    waiting = 0
    for entry in row.entries:
        if entry is None:
            waiting += style.fillers is not Fillers.NONE
            continue
        if style.fillers is Fillers.IN_PLACE:
            yield from _bare(waiting, style)
            waiting = 0
        yield [entry, Piece(style.bar if entry.text else style.bar.lstrip())]
    yield from _bare(waiting, style)


def _bare(number: int, style: BarStyle) -> Iterator[list[Piece]]:
    """The fillers of so many merged places."""
    if number and style.glued:
        yield [Piece("|" * number)]
    else:
        yield from [[Piece("|")]] * number
