"""Held out: tables as they come out of a PDF in flow order, group titles printed vertically."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby, zip_longest
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import (
    GridRow,
    RowKind,
    panel_rows,
    panels_of,
    printed,
    wrapped,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow

_PAGE_MARKS = ("- {} -", "-{}-", "— {} —", "—{}—", "第{}页", "第 {} 页")
_NARROW_COLUMNS = 4  # tables of more columns than this have narrow ones

Line = list[Piece]


class Placing(StrEnum):
    """Where the values of a row stand."""

    BEHIND = "behind the title"
    BELOW = "on a line below the title"
    CENTRED = "between the lines of the title"
    EACH = "on a line each"


@dataclass(frozen=True, slots=True)
class FlowStyle:
    """How wide the columns are in characters, and where things stand.

    `group_widths` are the characters a line of an outer and an inner group's title. `dense` titles
    stand at the middle of their group, others are spread over it. `interleaved` head words are
    read line by line over all columns, others word by word. `page_rows` rows fit a page.
    """

    gap: str
    placing: Placing
    label_width: int
    head_width: int
    interleaved: bool
    group_widths: tuple[int, int]
    dense: bool
    page_rows: int
    page_mark: str
    repeats_head: bool
    seed: int


def pdf_flow_vertical(rng: Random) -> Layout:
    """PDF flow order: vertical group titles, broken words, page marks inside; blanks leave none."""
    style = FlowStyle(
        gap=rng.choice((" ", " ", "  ")),
        placing=rng.choice(tuple(Placing)),
        label_width=rng.randint(10, 22),
        head_width=rng.choice((2, 3, 3, 4)),
        interleaved=rng.random() < 0.4,
        group_widths=(rng.choice((1, 1, 1, 2)), rng.choice((1, 2, 3, 7))),
        dense=rng.random() < 0.5,
        page_rows=rng.randint(8, 24),
        page_mark=rng.choice(_PAGE_MARKS),
        repeats_head=rng.random() < 0.5,
        seed=rng.getrandbits(32),
    )
    return partial(_print, style)


def _print(style: FlowStyle, sheet: Sheet) -> list[Piece]:
    rng = Random(f"{style.seed}/{sheet.table.id}")
    n_above, page = rng.randrange(style.page_rows), rng.randint(1, 4)
    lines: list[Line] = []
    for panel in panels_of(sheet):
        head = list(_head(panel, style))
        lines += [[Piece(panel.caption)]] if panel.caption else []
        lines += head
        groups = _group_lines(panel.rows, style)
        for number, row in enumerate(panel.rows):
            if number and n_above >= style.page_rows:
                lines += [[Piece(style.page_mark.format(page))], *(head * style.repeats_head)]
                n_above, page = 0, page + 1
            lines += groups.get(number, ())
            lines += _row_lines(row, style)
            n_above += 1
    lines += [[Piece(note)] for note in sheet.notes]
    return joined(lines, "\n")


def _head(panel: Panel, style: FlowStyle) -> Iterator[Line]:
    is_narrow = len(panel.heads) > _NARROW_COLUMNS
    width = style.head_width * (1 if is_narrow else 3)
    leaves = {path[-1] for path in panel.heads}
    for row in panel_rows(panel):
        if row.kind is RowKind.HEAD:
            yield from ([Piece(text)] for text in _head_texts(row, leaves, width, style))


def _head_texts(row: GridRow, leaves: set[str], width: int, style: FlowStyle) -> Iterator[str]:
    """The lines of one level of the head; titles that span columns have room for one line."""
    corner = [entry.text for entry in row.labels if entry and entry.text]
    for text in corner:
        yield from wrapped(text, style.label_width)
    titles = [entry.text for entry in row.values]
    parts = [wrapped(title, width) if title in leaves else [title] for title in titles]
    if style.interleaved:
        for line in zip_longest(*parts, fillvalue=""):
            yield style.gap.join(filter(None, line))
    else:
        yield from (text for title in parts for text in title)


def _group_lines(rows: Sequence[SheetRow], style: FlowStyle) -> Mapping[int, Sequence[Line]]:
    """By the number of the row that follows them: the lines of the groups' titles."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    n_levels = max((len(row.labels) - 1 for row in rows), default=0)
    for level in range(n_levels):
        width = style.group_widths[min(level, 1)]

        def group_of(row_number: int, level: int = level) -> tuple[str, ...]:
            labels = rows[row_number].labels
            return labels[: level + 1] if len(labels) > level + 1 else ()

        for labels, numbers in groupby(range(len(rows)), group_of):
            members = list(numbers)
            texts = wrapped(labels[level], width) if labels else []
            for member, text in zip(_places(len(texts), members, style), texts, strict=True):
                lines[member].append([Piece(text)])
    return lines


def _places(n_lines: int, members: Sequence[int], style: FlowStyle) -> list[int]:
    """Which row of the group each line of its title stands before."""
    n_rows = len(members)
    if style.dense and n_lines <= n_rows:
        start = (n_rows - n_lines) // 2
        return list(members[start : start + n_lines])
    return [members[(2 * line + 1) * n_rows // (2 * n_lines)] for line in range(n_lines)]


def _row_lines(row: SheetRow, style: FlowStyle) -> list[Line]:
    texts = wrapped(row.labels[-1], style.label_width) if row.labels else []
    title = [[Piece(text)] for text in texts]
    values = _values(row, "\n" if style.placing is Placing.EACH else style.gap)
    if not title:
        return [values]
    if not any(value.text for value in row.values):
        return [*title[:-1], title[-1] + values]
    if style.placing in (Placing.BELOW, Placing.EACH):
        return [*title, values]
    at = len(title) - 1
    if style.placing is Placing.CENTRED:
        at = len(title) // 2
        if len(title) % 2 == 0:
            return [*title[:at], values, *title[at:]]
    return [*title[:at], [*title[at], Piece(style.gap), *values], *title[at + 1 :]]


def _values(row: SheetRow, between: str) -> Line:
    """The values with `between` between those that are not empty."""
    pieces: Line = []
    for value in row.values:
        if value.text and any(piece.text for piece in pieces):
            pieces.append(Piece(between))
        pieces.append(printed(value))
    return pieces
