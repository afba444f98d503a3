"""Pages of a PDF as they were laid out: set columns, vertical group titles, broken row titles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, broken, padded, shown, stripped, width_of
from gouji.training.synthesis.layouts.canvas import SetLine, SetTable, Setting, set_table
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.fixed import print_fixed
from gouji.training.synthesis.layouts.grid import (
    Groups,
    Path,
    RowKind,
    Shape,
    Spans,
    draw_shape,
    grid,
    panels_of,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Panel, Sheet


@dataclass(frozen=True, slots=True)
class VerticalStyle:
    """How vertical titles stand: `per_line` columns a line, at the left of rows or between them.

    They are spread over their rows or, if `dense`, stand together in the middle.
    """

    setting: Setting
    gap: str
    per_line: int
    between_rows: bool
    dense: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A line of the page: a line of the table, or a place below a row for a group's title.

    `row` is the number of the row, -1 outside of the rows.
    """

    line: SetLine | None
    row: int


@dataclass(frozen=True, slots=True)
class Group:
    """The rows first..last that a title spans, broken into the lines in which it stands."""

    level: int
    first: int
    last: int
    texts: tuple[str, ...]


def vertical_beside(rng: Random) -> Layout:
    """Group titles run down at the left of their rows."""
    return _vertical(rng, between_rows=False)


def vertical_between(rng: Random) -> Layout:
    """The words of group titles stand at the left between the lines of rows."""
    return _vertical(rng, between_rows=True)


def _vertical(rng: Random, between_rows: bool) -> Layout:
    setting = Setting(
        label_width=rng.choice((20, 26, 34, 44)),
        head_width=rng.choice((4, 6, 8, 12)),
        align=rng.choice((">", "^", "<")),
        values_at=rng.choice((0.0, 0.5, 0.5, 1.0)),
    )
    gap = rng.choice(("  ", "   ", "    ", "      "))
    style = VerticalStyle(setting, gap, rng.choice((2, 2, 4)), between_rows, rng.random() < 0.5)
    shape = _shape(rng, (Groups.FIRST,))
    return partial(_print_vertical, shape, style)


def _print_vertical(shape: Shape, style: VerticalStyle, sheet: Sheet) -> list[Piece]:
    paths = [row.labels[:-1] for panel in panels_of(sheet) for row in panel.rows]
    groups = _groups(paths, style)
    table = set_table(grid(_without_groups(sheet), shape), style.setting)
    slots = _slots(table, groups, len(paths), style)
    texts = {
        (slot, group.level): text
        for group in groups
        for slot, text in zip(_places(group, slots, style), group.texts, strict=True)
    }
    levels = range(max((group.level + 1 for group in groups), default=0))
    margins = [
        max(width_of(text) for group in groups if group.level == level for text in group.texts)
        for level in levels
    ]
    lines: list[Line] = []
    for number, slot in enumerate(slots):
        titles = [texts.get((number, level), "") for level in levels]
        depth = len(paths[slot.row]) if slot.row >= 0 else 0
        lines.append(_slot_line(slot, table, titles, margins, (depth, style.gap)))
    return joined([line for line in lines if line], "\n")


def _without_groups(sheet: Sheet) -> Sheet:
    def without(panel: Panel) -> Panel:
        rows = tuple(replace(row, labels=row.labels[-1:]) for row in panel.rows)
        return replace(panel, rows=rows)

    return replace(sheet, panels=tuple(map(without, sheet.panels)))


def _groups(paths: Sequence[Path], style: VerticalStyle) -> list[Group]:
    groups: list[Group] = []
    for level in range(max(map(len, paths), default=0)):

        def prefix(number: int, level: int = level) -> Path:
            return paths[number][: level + 1] if len(paths[number]) > level else ()

        for path, numbers in groupby(range(len(paths)), prefix):
            if path:
                rows = list(numbers)
                texts = tuple(broken(path[-1], style.per_line))
                groups.append(Group(level, rows[0], rows[-1], texts))
    return groups


def _slots(
    table: SetTable, groups: Sequence[Group], n_rows: int, style: VerticalStyle
) -> list[Slot]:
    """All lines, with room below rows for the titles that stand there or are too long."""
    lines: list[list[Slot]] = [[]]
    for line in table.lines:
        is_body = line.kind is RowKind.BODY
        if is_body and line.opens_row:
            lines.append([])
        lines[-1].append(Slot(line, len(lines) - 2 if is_body else -1))
    room = [int(style.between_rows)] * n_rows
    for group in groups:
        rows = range(group.first, group.last + 1)
        n_lines = 0 if style.between_rows else sum(_n_own(lines[row + 1], row) for row in rows)
        missing = len(group.texts) - n_lines - sum(room[row] for row in rows)
        room[group.last] += max(0, missing)
    slots = lines[0]
    for row, own in enumerate(lines[1:]):
        at = _n_own(own, row)
        slots += [*own[:at], *[Slot(None, row)] * room[row], *own[at:]]
    return slots


def _n_own(slots: Sequence[Slot], row: int) -> int:
    """How many of the slots from a row to the next belong to it: heads and notes may follow."""
    return sum(slot.row == row for slot in slots)


def _places(group: Group, slots: Sequence[Slot], style: VerticalStyle) -> Iterator[int]:
    """The numbers of the slots in which the lines of a group's title stand."""
    open_slots = [
        number
        for number, slot in enumerate(slots)
        if group.first <= slot.row <= group.last and (slot.line is None or not style.between_rows)
    ]
    n_lines, n_slots = len(group.texts), len(open_slots)
    for line in range(n_lines):
        if style.dense:
            yield open_slots[(n_slots - n_lines) // 2 + line]
        else:
            yield open_slots[(2 * line + 1) * n_slots // (2 * n_lines)]


def _slot_line(
    slot: Slot,
    table: SetTable,
    titles: Sequence[str],
    margins: Sequence[int],
    spacing: tuple[int, str],
) -> Line:
    """A line with its margin; `spacing` is (number of groups of its row, gap between columns).

    The title of a row without groups takes the room of theirs.
    """
    depth, gap = spacing
    if slot.line is not None and slot.line.is_title:
        return slot.line.pieces
    n_open = len(margins) if slot.line is None or slot.line.kind is RowKind.HEAD else depth
    cells = [
        padded(Piece(title), width, "<")
        for title, width in zip(titles[:n_open], margins[:n_open], strict=True)
    ]
    if slot.line is None:
        return stripped(shown(joined(cells, gap)))
    own = table.padded(slot.line, width_of(gap))
    spare = sum(margins[n_open:]) + len(gap) * len(margins[n_open:])
    if own and spare:
        own[0] = [*own[0], Piece(" " * spare)]
    return stripped(shown(joined([*cells, *own], gap)))


def _shape(rng: Random, groups: Sequence[Groups]) -> Shape:
    """Heads as they are printed, groups above their columns."""
    return replace(draw_shape(rng, groups, (Spans.EMPTY,), filled=0.0), flat_head=False)


def broken_titles(rng: Random) -> Layout:
    """Row titles broken over lines, the values behind the first, the middle or the last one."""
    setting = Setting(
        label_width=rng.choice((14, 18, 22, 26)),
        head_width=rng.choice((4, 6, 8)),
        align=rng.choice((">", "^", "<")),
        values_at=rng.choice((0.0, 0.5, 1.0)),
    )
    shape = _shape(rng, (Groups.OWN_ROW, Groups.JOINED, Groups.FIRST))
    return partial(print_fixed, shape, setting, rng.choice(("  ", "   ", "     ")))


FAMILIES: Mapping[str, Family] = {
    "vertical_beside": vertical_beside,
    "vertical_between": vertical_between,
    "broken_titles": broken_titles,
}
BOUNDLESS = frozenset(FAMILIES)
