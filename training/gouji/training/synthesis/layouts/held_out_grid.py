"""A sheet as a grid, the common ground of the held-out families; none of them trains."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

Entry = Piece | None
"""What stands at a place of the grid; None where a merged neighbour covers it."""

TOTALS = frozenset({"总计", "合计"})
"""The titles of a column that sums up its row."""

_UNIT = re.compile(r"[（(“]*(?:\d+|.)[）)”、，。.；：]*")


class RowKind(StrEnum):
    """What a row of a grid is for."""

    CAPTION = "caption"
    HEAD = "head"
    BODY = "body"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A printed line; its first `n_labels` entries are titles of the row."""

    kind: RowKind
    entries: tuple[Entry, ...]
    n_labels: int

    @property
    def labels(self) -> tuple[Entry, ...]:
        """The entries of the label columns."""
        return self.entries[: self.n_labels]

    @property
    def values(self) -> tuple[Piece, ...]:
        """The entries behind the label columns that are not covered."""
        return tuple(entry for entry in self.entries[self.n_labels :] if entry is not None)

    @property
    def shown(self) -> tuple[Piece, ...]:
        """Everything that is not covered."""
        return tuple(entry for entry in self.entries if entry is not None)


def printed(value: Value) -> Piece:
    """The piece of a value."""
    return Piece(value.text, cell=value.cell)


def panels_of(sheet: Sheet) -> tuple[Panel, ...]:
    """The panels one below the other; those that stand abreast become one."""
    return (_abreast(sheet.panels),) if sheet.side_by_side else sheet.panels


def _abreast(panels: Sequence[Panel]) -> Panel:
    heads = tuple(
        ((panel.caption,) if panel.caption else ()) + path
        for panel in panels
        for path in panel.heads
    )
    rows = tuple(
        SheetRow(
            next((row.labels for row in line if row.labels), ()),
            tuple(chain.from_iterable(row.values for row in line)),
        )
        for line in zip(*(panel.rows for panel in panels), strict=True)
    )
    return Panel(heads, rows, corner=next((p.corner for p in panels if p.corner), None))


def grid(sheet: Sheet) -> tuple[GridRow, ...]:
    """All rows of the sheet, filled up to one width; the notes come last, a row each.

    A title that spans rows or columns stands at the first of them.
    """
    rows = tuple(chain.from_iterable(map(panel_rows, panels_of(sheet))))
    notes = tuple(GridRow(RowKind.NOTE, (Piece(note),), 0) for note in sheet.notes)
    width = max((len(row.entries) for row in rows), default=1)
    return tuple(
        GridRow(row.kind, row.entries + (None,) * (width - len(row.entries)), row.n_labels)
        for row in (*rows, *notes)
    )


def panel_rows(panel: Panel) -> Iterator[GridRow]:
    """The rows of one panel: caption, head, body; each as wide as it needs to be."""
    n_labels = max((len(row.labels) for row in panel.rows), default=0)
    if panel.caption:
        yield GridRow(RowKind.CAPTION, (Piece(panel.caption),), 0)
    yield from _head_rows(panel, n_labels)
    above: tuple[str, ...] = ()
    for row in panel.rows:
        labels = label_entries(row.labels, above, n_labels)
        yield GridRow(RowKind.BODY, (*labels, *map(printed, row.values)), n_labels)
        above = row.labels


def _head_rows(panel: Panel, n_labels: int) -> Iterator[GridRow]:
    depth = max(map(len, panel.heads), default=0)
    for level in range(depth):
        corner: tuple[Entry, ...] = (None,) * n_labels
        if level == 0 and n_labels:
            corner = (Piece(panel.corner or ""), *corner[1:])
        befores = ((), *panel.heads[:-1])
        titles = tuple(
            _title(path, before, level) for path, before in zip(panel.heads, befores, strict=True)
        )
        yield GridRow(RowKind.HEAD, corner + titles, n_labels)


def _title(path: tuple[str, ...], before: tuple[str, ...], level: int) -> Entry:
    """The title of a column at a level; None if the columns to its left or above show it."""
    if level >= len(path):
        return None
    is_spanned = level < len(path) - 1 and before[: level + 1] == path[: level + 1]
    return None if is_spanned else Piece(path[level])


def label_entries(
    labels: tuple[str, ...], above: tuple[str, ...], n_labels: int
) -> tuple[Entry, ...]:
    """The titles of a row in `n_labels` places; groups that the row above shows are covered."""
    if not labels:
        return (Piece(""),) * min(n_labels, 1) + (None,) * (n_labels - 1)
    entries: list[Entry] = []
    for level, label in enumerate(labels):
        is_group = level < len(labels) - 1
        is_spanned = is_group and above[: level + 1] == labels[: level + 1]
        entries.append(None if is_spanned else Piece(label))
    return (*entries, *(None,) * (n_labels - len(labels)))


def with_repeated_groups(rows: Iterable[GridRow]) -> Iterator[GridRow]:
    """The rows with each group on every one of its rows instead of the first alone."""
    above: tuple[Entry, ...] = ()
    for row in rows:
        if row.kind is not RowKind.BODY:
            above = ()
            yield row
            continue
        n_covered = next((i for i, entry in enumerate(row.labels) if entry is not None), 0)
        above = above[:n_covered] + row.entries[len(above[:n_covered]) : row.n_labels]
        yield GridRow(row.kind, above + row.entries[row.n_labels :], row.n_labels)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters, if no mark would open or close one wrongly.

    >>> wrapped("三、本年度（一）", 2)
    ['三、', '本年', '度', '（一）']
    """
    lines: list[str] = []
    for unit in _UNIT.findall(text):
        if lines and len(lines[-1]) + len(unit) <= width:
            lines[-1] += unit
        else:
            lines.append(unit)
    return lines
