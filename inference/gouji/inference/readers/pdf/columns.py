"""Tables without ruling lines: lines whose gaps align, cut into columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gouji.inference.readers.pdf.cells import joint
from gouji.inference.readers.pdf.page import Page
from gouji.inference.readers.pdf.words import (
    BLANK,
    Line,
    Run,
    around,
    middle,
    parted,
    run_of,
    size_of,
)

_GAP = 1.0  # of a letter, the least gap between two columns
_FEWEST_PARTS = 3  # of a line that makes a table
_FEWEST_LINES = 3  # of these in a table
_NEXT_LINE = 3.0  # of a letter, the most from one line of a table to the next
_LINES_BETWEEN = 2  # lines with fewer parts between two with enough, at most
_FULL = 0.6  # of the parts of the fullest line, what a line needs to tell the columns
_INKED = 0.15  # the share of these lines that may run across a gap
_SAME_ROW = 0.55  # of the least distance of rows, within which a line is the rest of a label

Fields = dict[int, list[Line]]
"""What stands in each column of a row."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table by its columns: its rows, with None where nothing stands; `top` in its frame."""

    rows: tuple[tuple[Run | None, ...], ...]
    top: float


def with_columns(lines: Sequence[Line], page: Page) -> list[Line | Columns]:
    """The lines from top to bottom, those that are a table as one."""
    counts = [len(parted(line, _GAP)) for line in lines]
    found: list[Line | Columns] = []
    at = 0
    while at < len(lines):
        end = _end_of_table(lines, counts, at)
        if end > at:
            found.append(_columns(lines[at:end], page))
            at = end
        else:
            found.append(lines[at])
            at += 1
    return found


def _end_of_table(lines: Sequence[Line], counts: Sequence[int], at: int) -> int:
    """The end of the table that begins at a line; the line itself if none does."""
    if counts[at] < _FEWEST_PARTS:
        return at
    end, n_full = at + 1, 1
    for index in range(at + 1, len(lines)):
        step = middle(lines[index][0]) - middle(lines[index - 1][0])
        if step > _NEXT_LINE * size_of(lines[index]) or index - end > _LINES_BETWEEN:
            break
        if counts[index] >= _FEWEST_PARTS:
            end, n_full = index + 1, n_full + 1
    return end if n_full >= _FEWEST_LINES else at


def _columns(lines: Sequence[Line], page: Page) -> Columns:
    """The table that lines make."""
    parts = [parted(line, BLANK) for line in lines]
    stops = _stops(parts)
    rows: list[tuple[float, Fields]] = []
    for line, fields in zip(lines, (_placed(line, stops) for line in parts), strict=True):
        rows.append((middle(line[0]), fields))
    return Columns(
        tuple(_row(fields, stops, page) for _, fields in _labels_whole(rows)),
        min(glyph.top for glyph in lines[0]),
    )


def _stops(lines: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Left and right of every column: where more than a few of the full lines have ink."""
    most = max(map(len, lines))
    full = [line for line in lines if len(line) >= _FULL * most]
    changes = sorted(
        change
        for line in full
        for part in line
        for left, _, right, _ in [around(part)]
        for change in ((left, 1), (right, -1))
    )
    stops: list[tuple[float, float]] = []
    n_inked, start = 0, 0.0
    for x, change in changes:
        was_inked = n_inked > _INKED * len(full)
        n_inked += change
        is_inked = n_inked > _INKED * len(full)
        if is_inked and not was_inked:
            start = x
        elif was_inked and not is_inked:
            stops.append((start, x))
    return stops


def _placed(line: Iterable[Line], stops: Sequence[tuple[float, float]]) -> Fields:
    """The parts of a line in their columns; one over several is in the first of them."""
    fields: Fields = {}
    for part in line:
        left, _, right, _ = around(part)
        over = [i for i, stop in enumerate(stops) if stop[0] < right and left < stop[1]]
        nearest = min(range(len(stops)), key=lambda i: abs(sum(stops[i]) - left - right), default=0)
        fields.setdefault(over[0] if over else nearest, []).append(part)
    return fields


def _labels_whole(rows: Sequence[tuple[float, Fields]]) -> list[tuple[float, Fields]]:
    """The rows, with those that hold nothing but more of a label joined to the row next to them."""
    valued = [y for y, fields in rows if _has_number(fields)]
    if len(valued) < 2:
        return list(rows)
    reach = _SAME_ROW * min(b - a for a, b in pairwise(valued))
    whole: dict[float, list[tuple[float, Fields]]] = {}
    for y, fields in rows:
        nearest = min(valued, key=lambda other: (abs(other - y), other))
        whole.setdefault(nearest if abs(nearest - y) <= reach else y, []).append((y, fields))
    return [
        (y, _together([fields for _, fields in sorted(found, key=lambda row: row[0])]))
        for y, found in whole.items()
    ]


def _has_number(fields: Fields) -> bool:
    return any(
        all(glyph.char.isdigit() for glyph in line) for lines in fields.values() for line in lines
    )


def _together(parts: Sequence[Fields]) -> Fields:
    """What stands in each column, from the top."""
    together: Fields = {}
    for fields in parts:
        for column, lines in fields.items():
            together.setdefault(column, []).extend(lines)
    return together


def _row(
    fields: Fields, stops: Sequence[tuple[float, float]], page: Page
) -> tuple[Run | None, ...]:
    """The fields of a row from left to right, without those that a part to their left covers.

    Only a row with a number has empty fields: another one may be no row, but a line of a label.
    """
    row: list[Run | None] = []
    is_full = _has_number(fields)
    reach = float("-inf")
    for column, (left, right) in enumerate(stops):
        if column in fields:
            row.append(_field(fields[column], page))
            reach = max(glyph.right for line in fields[column] for glyph in line)
        elif is_full and reach < (left + right) / 2:
            row.append(None)
    return tuple(row)


def _field(lines: Sequence[Line], page: Page) -> Run:
    """What stands in one field as one run."""
    glyphs = [glyph for line in lines for glyph in line]
    run = run_of(lines[0], page)
    for before, line in pairwise(lines):
        is_below = middle(line[0]) > before[0].bottom
        glue = joint(before, line, around(before)[2]) if is_below else " "
        run = replace(run, text=run.text + glue + run_of(line, page).text)
    return replace(run, box=page.box(around(glyphs)))
