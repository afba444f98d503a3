"""Columns of fixed width with nothing but blanks between them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, shown, stripped, width_of
from gouji.training.synthesis.layouts.canvas import (
    SetLine,
    SetTable,
    Setting,
    draw_setting,
    set_table,
)
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import GridRow, Shape, Spans, draw_shape, grid
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet


def print_fixed(shape: Shape, setting: Setting, gap: str, sheet: Sheet) -> list[Piece]:
    """The sheet in columns with `gap` between them; an empty cell is a wide gap and no piece."""
    return joined(fixed_lines(grid(sheet, shape), setting, gap), "\n")


def fixed_lines(rows: tuple[GridRow, ...], setting: Setting, gap: str) -> list[Line]:
    """The lines of the rows in columns."""
    table = set_table(rows, setting)
    lines = [
        line.pieces if line.is_title else _fixed_line(table, line, setting, gap)
        for line in table.lines
    ]
    return [line for line in lines if line]


def _fixed_line(table: SetTable, line: SetLine, setting: Setting, gap: str) -> Line:
    cells = table.padded(line, width_of(gap), setting.blank)
    return stripped(shown(joined(cells, gap)))


def _fixed(rng: Random, setting: Setting) -> Layout:
    shape = draw_shape(rng, spans=(Spans.EMPTY,), filled=0.0)
    gaps = ("  ", " ", "   ", "    ") if setting.blank == " " else ("　", "　　", " ")
    return partial(print_fixed, shape, setting, rng.choice(gaps))


def left_columns(rng: Random) -> Layout:
    """Values at the left of their columns."""
    return _fixed(rng, draw_setting(rng, "<"))


def right_columns(rng: Random) -> Layout:
    """Values at the right of their columns."""
    return _fixed(rng, draw_setting(rng, ">"))


def centred_columns(rng: Random) -> Layout:
    """Values in the middle of their columns."""
    return _fixed(rng, draw_setting(rng, "^"))


def full_width_columns(rng: Random) -> Layout:
    """Columns filled up with full-width blanks."""
    return _fixed(rng, replace(draw_setting(rng), blank="　"))


FAMILIES: Mapping[str, Family] = {
    "left_columns": left_columns,
    "right_columns": right_columns,
    "centred_columns": centred_columns,
    "full_width_columns": full_width_columns,
}
BOUNDLESS = frozenset(FAMILIES)
