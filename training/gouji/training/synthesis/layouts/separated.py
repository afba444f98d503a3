"""Rows on a line each, with bars, tabs, semicolons or blanks between their cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, shown, stripped
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import (
    Entry,
    GridRow,
    RowKind,
    Shape,
    Spans,
    draw_shape,
    grid,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

Rows = Sequence[GridRow]
Arrange = Callable[[Rows], Rows]
"""A change of the rows before they are printed."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What stands between cells: the first part of `pads`, `bar`, the second part.

    Rows may open and close with a bar. `empty` fills a cell without text. Titles and notes have
    no bars if `bare_titles`. The white space at the end of a ragged row is lost.
    """

    bar: str
    pads: tuple[str, str] = ("", "")
    opens: bool = False
    closes: bool = False
    empty: str = ""
    bare_titles: bool = False
    ragged: bool = True


@dataclass(frozen=True, slots=True)
class Blanks:
    """One of `gaps` between two texts each time, `lead` before a row's first value.

    `seed` makes the choice the same each time.
    """

    gaps: tuple[str, ...]
    seed: int
    lead: str = ""
    indent: str = ""


def barred(row: GridRow, bars: Bars) -> Line:
    """The line of a row, all its places kept."""
    if row.kind is RowKind.FURNITURE or (row.is_title and bars.bare_titles):
        return shown(row.entries[:1])
    cells = [_cell(entry, bars) for entry in row.entries]
    line = joined(cells, bars.bar)
    if bars.opens:
        line = [Piece(bars.bar), *line]
    elif line and line[0].is_plain and not line[0].text.strip():
        line = line[1:]
    if bars.closes:
        return [*line, Piece(bars.bar)]
    return stripped(line) if bars.ragged else line


def _cell(entry: Entry, bars: Bars) -> Line:
    """The text between two bars with its pads; the pad after a bar comes first."""
    if entry is None or not entry.text:
        return [Piece(bars.empty), entry or Piece("")]
    return [Piece(bars.pads[1]), entry, Piece(bars.pads[0])]


def bar_lines(rows: Rows, bars: Bars) -> list[Line]:
    """A line for each row."""
    return [barred(row, bars) for row in rows]


def blank_lines(rows: Rows, blanks: Blanks) -> list[Line]:
    """A line for each row that prints anything; empty places leave no trace."""
    rng = Random(blanks.seed)
    lines = [_blank_line(row, blanks, rng) for row in rows]
    return [line for line in lines if line]


def _blank_line(row: GridRow, blanks: Blanks, rng: Random) -> Line:
    entries = shown(row.entries)
    line: Line = [Piece(blanks.indent)] * (bool(blanks.indent) and row.kind is RowKind.BODY)
    n_labels = len(shown(row.labels))
    for number, entry in enumerate(entries):
        if number:
            is_first = row.kind is RowKind.BODY and number == n_labels and blanks.lead
            line.append(Piece(blanks.lead if is_first else rng.choice(blanks.gaps)))
        line.append(entry)
    return line if entries else []


def draw_bars(rng: Random, opens: bool, closes: bool) -> Bars:
    """Pipes, tight or spaced."""
    pads = rng.choice(((" ", " "), (" ", " "), ("", ""), ("  ", "  "), ("", " ")))
    return Bars(
        "|", pads, opens, closes, rng.choice((" ", "  ", "")), bare_titles=rng.random() < 0.4
    )


def draw_tabs(rng: Random) -> Bars:
    """Tabs with one at either end of a row, or with blanks beside them, or several at a time."""
    if rng.random() < 0.5:
        opens, closes = rng.choice(((False, True), (True, False), (True, True)))
        return Bars("\t", opens=opens, closes=closes, bare_titles=True)
    tab, pads = rng.choice((("\t", (" ", "")), ("\t", ("", " ")), ("\t\t", ("", ""))))
    return Bars(tab, pads, closes=rng.random() < 0.3, bare_titles=rng.random() < 0.5)


def draw_blanks(rng: Random) -> Blanks:
    """Single, wide or uneven blanks."""
    gaps = rng.choice(((" ",), (" ",), ("  ",), (" ", "  "), ("    ",), (" ", "  ", "   ")))
    return Blanks(gaps, rng.getrandbits(32))


def print_bars(
    shape: Shape, bars: Bars, sheet: Sheet, arrange: Arrange = tuple, between: str = "\n"
) -> list[Piece]:
    """The sheet in rows with bars, changed by `arrange`, `between` parting the lines."""
    return joined(bar_lines(arrange(grid(sheet, shape)), bars), between)


def print_blanks(
    shape: Shape, blanks: Blanks, sheet: Sheet, arrange: Arrange = tuple
) -> list[Piece]:
    """The sheet in rows with blanks, changed by `arrange`."""
    return joined(blank_lines(arrange(grid(sheet, shape)), blanks), "\n")


def _bars(rng: Random, opens: bool, closes: bool) -> Layout:
    between = rng.choice(("\n", "\n", "\n", "\n\n"))
    return partial(print_bars, draw_shape(rng), draw_bars(rng, opens, closes), between=between)


def closed_bars(rng: Random) -> Layout:
    """`a | b | c |`."""
    return _bars(rng, opens=False, closes=True)


def boxed_bars(rng: Random) -> Layout:
    """`| a | b | c |`, without the rule of a Markdown table."""
    return _bars(rng, opens=True, closes=True)


def open_bars(rng: Random) -> Layout:
    """`a | b | c`."""
    return _bars(rng, opens=False, closes=False)


def tabs(rng: Random) -> Layout:
    """Tabs between cells, rows as long as they need to be."""
    shape = draw_shape(rng, spans=(Spans.GONE, Spans.REPEATED, Spans.EMPTY), filled=0.0)
    return partial(print_bars, shape, draw_tabs(rng))


def tab_grid(rng: Random) -> Layout:
    """Tabs, or several, between the cells of a full grid as copied from a spreadsheet."""
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.REPEATED), filled=1.0)
    bar = rng.choice(("\t\t", " \t", "\t ", "\t", "\t　"))
    bars = Bars(bar, opens=bar == "\t" or rng.random() < 0.2, ragged=rng.random() < 0.4)
    return partial(print_bars, shape, bars)


def semicolons(rng: Random) -> Layout:
    """`a;b;c`, nothing quoted."""
    bar, pads = rng.choice(
        ((";", ("", "")), (";", ("", " ")), ("；", ("", "")), (" ; ", ("", "")), ("；", ("", " ")))
    )
    closes = rng.random() < 0.4
    return partial(
        print_bars, draw_shape(rng), Bars(bar, pads, closes=closes, bare_titles=rng.random() < 0.3)
    )


def double_bars(rng: Random) -> Layout:
    """`|| a || b ||` and other doubled separators."""
    bar = rng.choice(("||", "||", "| |", "││"))
    edges = rng.choice(((True, True), (False, True), (False, False)))
    pad = rng.choice((" ", "  "))
    return partial(print_bars, draw_shape(rng), Bars(bar, (pad, pad), *edges, empty=pad))


def wiki_table(rng: Random) -> Layout:
    """The table of a wiki: `|-` between rows, `||` between cells, `!!` between column titles."""
    shape = draw_shape(rng)
    opening = rng.choice(("{|", '{| class="wikitable"', '{| align="center"'))
    pad = rng.choice((" ", " ", ""))
    return partial(_print_wiki, shape, opening, pad)


def _print_wiki(shape: Shape, opening: str, pad: str, sheet: Sheet) -> list[Piece]:
    lines: list[Line] = [[Piece(opening)]]
    for row in grid(sheet, shape):
        mark = "!" if row.kind is RowKind.HEAD else "|"
        cells = Bars(mark * 2, (pad, pad), empty=pad)
        lines += [[Piece("|-")], [Piece(mark + pad), *barred(row, cells)]]
    return joined([*lines, [Piece("|}")]], "\n")


def _blank_rows(rng: Random, gaps: Sequence[tuple[str, ...]], lead: str = "") -> Layout:
    shape = draw_shape(rng, spans=(Spans.GONE, Spans.GONE, Spans.REPEATED))
    indent = rng.choice(("", "", "  ", "　", "    "))
    return partial(print_blanks, shape, Blanks(rng.choice(gaps), rng.getrandbits(32), lead, indent))


def single_blanks(rng: Random) -> Layout:
    """One blank between cells."""
    return _blank_rows(rng, ((" ",), (" ",), (" ", " ", "  ")))


def wide_blanks(rng: Random) -> Layout:
    """Several blanks between cells, evenly or not."""
    return _blank_rows(rng, (("  ",), ("    ",), ("   ", "    ", "     "), ("  ", "      ")))


def full_width_blanks(rng: Random) -> Layout:
    """Full-width blanks between cells."""
    return _blank_rows(rng, (("　",), ("　　",), ("　", " 　"), ("　", "　　", "　　　")))


def leaders(rng: Random) -> Layout:
    """Dots lead from a title to its values, which blanks part."""
    dots = rng.choice((" …… ", " ………… ", " ...... ", " .......... ", " ·········· ", " ______ "))
    return _blank_rows(rng, ((" ",), ("  ",), ("    ",), ("　",)), dots)


FAMILIES: Mapping[str, Family] = {
    "closed_bars": closed_bars,
    "boxed_bars": boxed_bars,
    "open_bars": open_bars,
    "tabs": tabs,
    "tab_grid": tab_grid,
    "semicolons": semicolons,
    "double_bars": double_bars,
    "wiki_table": wiki_table,
    "single_blanks": single_blanks,
    "wide_blanks": wide_blanks,
    "full_width_blanks": full_width_blanks,
    "leaders": leaders,
}
BOUNDLESS = frozenset({"single_blanks", "wide_blanks", "full_width_blanks", "leaders"})
