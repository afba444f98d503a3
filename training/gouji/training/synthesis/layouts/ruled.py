"""Tables with rules: Markdown, box drawing, signs for lines, and lines of dashes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, padded, shown, stripped, width_of
from gouji.training.synthesis.layouts.canvas import (
    SetLine,
    SetTable,
    Setting,
    draw_setting,
    set_table,
)
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import (
    GridRow,
    RowKind,
    Shape,
    Spans,
    draw_shape,
    grid,
)
from gouji.training.synthesis.layouts.separated import Bars, barred
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

_DASHES = ("---", "---", ":---:", ":---", "---:", "----", " --- ", "-----")
_BOXES = (
    ("│││", "┌─┬┐", "├─┼┤", "└─┴┘"),
    ("┃┃┃", "┏━┳┓", "┣━╋┫", "┗━┻┛"),
    ("║║║", "╔═╦╗", "╠═╬╣", "╚═╩╝"),
    ("┃│┃", "┏━┯┓", "┠─┼┨", "┗━┷┛"),
)
_SIGNS = (
    ("|||", "+-++", "+-++", "+-++"),
    ("|||", "+=++", "+-++", "+=++"),
    ("|||", ".-..", "|-+|", "'-''"),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The signs of a ruled table.

    `bars` are the left, inner and right one; a rule is given as left end, line, crossing and right
    end. Middle rules stand between all rows, or around heads alone.
    """

    bars: str
    top: str
    middle: str
    bottom: str
    between_rows: bool


def markdown(rng: Random) -> Layout:
    """A Markdown table with its rule below the first row of the head."""
    return _markdown(rng, is_headless=False)


def headless_markdown(rng: Random) -> Layout:
    """A Markdown table whose head is empty: the real head is rows like others."""
    return _markdown(rng, is_headless=True)


def _markdown(rng: Random, is_headless: bool) -> Layout:
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.EMPTY, Spans.REPEATED), filled=1.0)
    pads = rng.choice(((" ", " "), (" ", " "), ("", "")))
    bars = Bars("|", pads, opens=True, closes=True, empty=rng.choice((" ", "  ", "")))
    print_table = partial(_markdown_table, bars, rng.choice(_DASHES), is_headless)
    return partial(_print_markdown, shape, print_table, rng.random() < 0.5)


def _print_markdown(
    shape: Shape,
    print_table: Callable[[Sequence[GridRow]], list[Line]],
    titles_outside: bool,
    sheet: Sheet,
) -> list[Piece]:
    """One table for the sheet; titles before the first head may stand outside, as may notes."""
    rows = grid(sheet, shape)
    if not titles_outside:
        return joined(print_table(rows), "\n")
    n_before = len(list(takewhile(lambda row: row.is_title, rows)))
    n_after = len(list(takewhile(lambda row: row.is_title, reversed(rows[n_before:]))))
    end = len(rows) - n_after
    before = [[shown(row.entries[:1])] for row in rows[:n_before]]
    after = [[shown(row.entries[:1])] for row in rows[end:]]
    blocks = [*before, print_table(rows[n_before:end]), *after]
    return joined([joined(block, "\n") for block in blocks], "\n\n")


def _markdown_table(
    bars: Bars, dash: str, is_headless: bool, rows: Sequence[GridRow]
) -> list[Line]:
    width = max((len(row.entries) for row in rows), default=1)
    rule = [Piece("|" + f"{dash}|" * width)]
    head = [barred(GridRow(RowKind.HEAD, (None,) * width), bars)] if is_headless else []
    lines = [*head, *(barred(row, bars) for row in rows)]
    return [*lines[:1], rule, *lines[1:]]


def box_drawing(rng: Random) -> Layout:
    """A table drawn with the signs that are made for it."""
    return _ruled(rng, _BOXES)


def ascii_grid(rng: Random) -> Layout:
    """A table drawn with pluses, dashes and bars."""
    return _ruled(rng, _SIGNS)


def _ruled(rng: Random, signs: Sequence[tuple[str, str, str, str]]) -> Layout:
    rules = Rules(*rng.choice(signs), between_rows=rng.random() < 0.6)
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.EMPTY, Spans.REPEATED), filled=0.0)
    return partial(_print_ruled, shape, draw_setting(rng), rules, rng.choice(("", " ", " ")))


def _print_ruled(
    shape: Shape, setting: Setting, rules: Rules, pad: str, sheet: Sheet
) -> list[Piece]:
    table = set_table(grid(sheet, shape), setting)
    table = replace(table, widths=tuple(width + width % 2 for width in table.widths))
    widths = [width + 2 * len(pad) for width in table.widths]
    lines: list[Line] = [[Piece(_rule(rules.top, widths))]]
    was_head = False
    for number, line in enumerate(table.lines):
        is_head = line.kind is RowKind.HEAD
        if number and line.opens_row and (rules.between_rows or was_head != is_head):
            lines.append([Piece(_rule(rules.middle, widths))])
        lines.append(_ruled_line(table, line, rules.bars, pad))
        was_head = is_head
    return joined([*lines, [Piece(_rule(rules.bottom, widths))]], "\n")


def _rule(signs: str, widths: Sequence[int]) -> str:
    """A rule of left end, line, crossing and right end over columns of these widths."""
    left, dash, crossing, right = tuple(signs)
    return left + crossing.join(dash * (width // width_of(dash)) for width in widths) + right


def _ruled_line(table: SetTable, line: SetLine, bars: str, pad: str) -> Line:
    left, inner, right = tuple(bars)
    n_between = 2 * len(pad) + width_of(inner)
    if line.is_title:
        room = sum(table.widths) + (len(table.widths) - 1) * n_between
        cells = [padded(piece, room, "<") for piece in line.pieces]
    else:
        cells = table.padded(line, n_between)
    return [Piece(left + pad), *joined(cells, pad + inner + pad), Piece(pad + right)]


def ruled_head(rng: Random) -> Layout:
    """Bars between cells and a rule below the head, as a database prints its answers."""
    shape = draw_shape(rng, spans=(Spans.EMPTY, Spans.REPEATED), filled=0.0)
    crossing = rng.choice(("+", "+", "|"))
    return partial(_print_ruled_head, shape, draw_setting(rng), crossing)


def _print_ruled_head(shape: Shape, setting: Setting, crossing: str, sheet: Sheet) -> list[Piece]:
    table = set_table(grid(sheet, shape), setting)
    rule = "-" + f"-{crossing}-".join("-" * width for width in table.widths) + "-"
    lines: list[Line] = []
    was_head = False
    for line in table.lines:
        if was_head and line.kind is RowKind.BODY:
            lines.append([Piece(rule)])
        was_head = line.kind is RowKind.HEAD
        cells = [line.pieces] if line.is_title else table.padded(line, 3)
        lines.append(stripped([Piece(" "), *joined(cells, " | ")]))
    return joined(lines, "\n")


def ruled_blanks(rng: Random) -> Layout:
    """Rules of dashes above and below the head and at the end, blanks between cells."""
    shape = draw_shape(rng, spans=(Spans.EMPTY,), filled=0.0)
    setting = draw_setting(rng)
    return partial(_print_ruled_blanks, shape, setting, rng.choice(("-", "=", "─", "━", "_", "*")))


def _print_ruled_blanks(shape: Shape, setting: Setting, dash: str, sheet: Sheet) -> list[Piece]:
    table = set_table(grid(sheet, shape), setting)
    rule = [Piece(dash * ((sum(table.widths) + 2 * len(table.widths)) // width_of(dash)))]
    lines: list[Line] = [rule]
    was_head = False
    for line in table.lines:
        is_head = line.kind is RowKind.HEAD
        lines += [rule] * (is_head != was_head and lines[-1] is not rule)
        was_head = is_head
        cells = [line.pieces] if line.is_title else table.padded(line, 2)
        lines.append(stripped(shown(joined(cells, "  "))))
    return joined([line for line in [*lines, rule] if line], "\n")


FAMILIES: Mapping[str, Family] = {
    "markdown": markdown,
    "headless_markdown": headless_markdown,
    "box_drawing": box_drawing,
    "ascii_grid": ascii_grid,
    "ruled_head": ruled_head,
    "ruled_blanks": ruled_blanks,
}
BOUNDLESS = frozenset({"ruled_blanks"})
