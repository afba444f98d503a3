"""Tables read down their columns, and tables with their rows across."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, printed
from gouji.training.synthesis.layouts.facts import FactRow, fact_rows, transposed
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import Groups, Path, Shape, Spans, draw_shape
from gouji.training.synthesis.layouts.separated import (
    Bars,
    Blanks,
    draw_bars,
    draw_blanks,
    print_bars,
    print_blanks,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Panel, Sheet


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """How columns are listed, one after the other.

    `between` parts the values of a column, `gap` the columns. With `beside`, the row's title
    stands before each value, that string between them; else all titles are listed first.
    """

    between: str
    gap: str
    joint: str
    beside: str | None = None
    indent: str = ""


def column_lists(rng: Random) -> Layout:
    """The titles of the rows down the page, then each column's title and its values."""
    style = ColumnStyle(
        between="\n",
        gap=rng.choice(("\n", "\n\n", "\n\n")),
        joint=rng.choice(("", " ", "-", "/")),
        indent=rng.choice(("", "", "  ", "\t")),
    )
    return partial(_print_columns, style)


def column_lines(rng: Random) -> Layout:
    """Each column a line: its title and its values, the titles of the rows listed above."""
    between = rng.choice(("\t", "\t", " | ", ";", "\t\t"))
    style = ColumnStyle(between, rng.choice(("\n", "\n\n")), rng.choice(("", " ", "-", "/")))
    return partial(_print_columns, style)


def column_pairs(rng: Random) -> Layout:
    """Each column a list: its title, then a line for each row with its title and value."""
    style = ColumnStyle(
        between="\n",
        gap=rng.choice(("\n", "\n\n", "\n\n")),
        joint=rng.choice(("", "-", "/", " ")),
        beside=rng.choice(("\t", "\t", " | ", "\t\t", ";")),
        indent=rng.choice(("", "", "  ", "- ")),
    )
    return partial(_print_columns, style)


def _print_columns(style: ColumnStyle, sheet: Sheet) -> list[Piece]:
    groups: list[Line] = [[Piece(note)] for note in sheet.notes]
    for panel in sheet.panels:
        facts = tuple(fact_rows(sheet, panel))
        groups += [[Piece(panel.caption)]] if panel.caption else []
        groups += _row_titles(panel, facts, style)
        groups += [
            joined([[Piece(title)], *values] if title else values, style.between)
            for title, values in _columns(facts, style)
        ]
    return joined(groups, style.gap)


def _row_titles(panel: Panel, facts: Sequence[FactRow], style: ColumnStyle) -> list[Line]:
    """The titles of the rows in a list, unless they stand beside the values."""
    titles = [style.joint.join(fact.labels) for fact in facts]
    corner = [panel.corner] if panel.corner else []
    if style.beside is None:
        corner += titles
    listed = [[Piece(title)] for title in corner if title]
    return [joined(listed, style.between)] if listed else []


def _columns(facts: Sequence[FactRow], style: ColumnStyle) -> Iterator[tuple[str, list[Line]]]:
    """The title of each column and the lines of its values."""
    columns: tuple[Path, ...] = facts[0].columns if facts else ()
    for number, column in enumerate(columns):
        lines: list[Line] = []
        for fact in facts:
            before = style.indent
            if style.beside is not None:
                before += style.joint.join(fact.labels) + style.beside
            lines += [[Piece(before), printed(value)] for value in fact.values[number]]
        yield style.joint.join(column), lines


def transposed_bars(rng: Random) -> Layout:
    """Columns as rows, with bars."""
    opens, closes = rng.choice(((True, True), (False, True), (False, False)))
    return partial(_print_transposed_bars, _shape(rng), draw_bars(rng, opens, closes))


def transposed_tabs(rng: Random) -> Layout:
    """Columns as rows, with tabs or semicolons."""
    bars = Bars(rng.choice(("\t", "\t", "\t\t", ";")), closes=rng.random() < 0.3)
    return partial(_print_transposed_bars, _shape(rng), bars)


def _print_transposed_bars(shape: Shape, bars: Bars, sheet: Sheet) -> list[Piece]:
    return print_bars(shape, bars, transposed(sheet))


def transposed_blanks(rng: Random) -> Layout:
    """Columns as rows, with blanks."""
    shape = replace(_shape(rng), spans=Spans.GONE)
    return partial(_print_transposed_blanks, shape, draw_blanks(rng))


def _print_transposed_blanks(shape: Shape, blanks: Blanks, sheet: Sheet) -> list[Piece]:
    return print_blanks(shape, blanks, transposed(sheet))


def _shape(rng: Random) -> Shape:
    return draw_shape(rng, groups=(Groups.FIRST, Groups.EVERY, Groups.JOINED))


FAMILIES: Mapping[str, Family] = {
    "column_lists": column_lists,
    "column_lines": column_lines,
    "column_pairs": column_pairs,
    "transposed_bars": transposed_bars,
    "transposed_tabs": transposed_tabs,
    "transposed_blanks": transposed_blanks,
}
BOUNDLESS = frozenset({"transposed_blanks"})
