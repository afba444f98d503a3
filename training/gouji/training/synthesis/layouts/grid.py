"""A sheet as rows of places, with its groups, spans and heads in a drawn shape."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, zip_longest
from random import Random

from gouji.training.synthesis.layouts.blocks import printed
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow

Entry = Piece | None
"""What stands in a place; None where a merged neighbour covers it."""

Path = tuple[str, ...]


class RowKind(StrEnum):
    """What a printed row is for; a group row holds the title of the rows below it."""

    NOTE = "note"
    CAPTION = "caption"
    HEAD = "head"
    GROUP = "group"
    BODY = "body"
    FURNITURE = "furniture"


class Groups(StrEnum):
    """Where the group titles of rows are printed."""

    FIRST = "on the first row"
    EVERY = "on every row"
    OWN_ROW = "on a row of their own"
    JOINED = "joined to the row's title"


class Spans(StrEnum):
    """What merged cells leave in the places that they cover."""

    EMPTY = "empty places"
    GONE = "no places"
    REPEATED = "the title again"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A printed row: titles at its left, then column titles or values."""

    kind: RowKind
    labels: tuple[Entry, ...]
    values: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All places of the row from left to right."""
        return self.labels + self.values

    @property
    def is_title(self) -> bool:
        """Whether the row holds a single title for what stands below it, or a note."""
        return self.kind not in (RowKind.HEAD, RowKind.BODY)


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows are cut from a sheet.

    A flat head is one row of titles, each with its group before it and `joint` between them.
    Column titles without a group stand on the first row of a head, hanging ones on the last; so
    does the corner. Filled rows all have the same number of places.
    """

    groups: Groups
    spans: Spans
    joint: str = ""
    flat_head: bool = False
    hanging: bool = False
    corner_low: bool = False
    filled: bool = False
    notes_first: bool = True


def draw_shape(
    rng: Random,
    groups: Sequence[Groups] = tuple(Groups),
    spans: Sequence[Spans] = tuple(Spans),
    filled: float = 0.5,
) -> Shape:
    """A shape with one of the groups and spans; `filled` is the probability of filled rows."""
    span = rng.choice(spans)
    return Shape(
        groups=Groups.EVERY if span is Spans.REPEATED else rng.choice(groups),
        spans=span,
        joint=rng.choice(("", "", " ", "-", "/", "—")),
        flat_head=rng.random() < 0.3,
        hanging=rng.random() < 0.3,
        corner_low=rng.random() < 0.3,
        filled=rng.random() < filled,
        notes_first=rng.random() < 0.6,
    )


def panels_of(sheet: Sheet) -> tuple[Panel, ...]:
    """The panels one below the other; those that stand abreast become one."""
    return (_abreast(sheet.panels),) if sheet.side_by_side else sheet.panels


def _abreast(panels: Sequence[Panel]) -> Panel:
    heads = tuple(
        (panel.caption, *path) if panel.caption else path
        for panel in panels
        for path in panel.heads
    )
    none = SheetRow((), ())
    rows = tuple(
        SheetRow(
            next((row.labels for row in abreast if row.labels), ()),
            tuple(chain.from_iterable(row.values for row in abreast)),
        )
        for abreast in zip_longest(*(panel.rows for panel in panels), fillvalue=none)
    )
    return Panel(heads, rows, corner=next((p.corner for p in panels if p.corner), None))


def grid(sheet: Sheet, shape: Shape) -> tuple[GridRow, ...]:
    """All rows of the sheet with its notes, in the shape."""
    body = list(chain.from_iterable(panel_rows(panel, shape) for panel in panels_of(sheet)))
    notes = [title_row(RowKind.NOTE, note) for note in sheet.notes]
    rows = [*notes, *body] if shape.notes_first else [*body, *notes]
    if shape.spans is Spans.GONE:
        return tuple(map(_without_spans, rows))
    return tuple(_filled(rows, shape)) if shape.filled else tuple(rows)


def title_row(kind: RowKind, title: str) -> GridRow:
    """A row of one title."""
    return GridRow(kind, (Piece(title),))


def panel_rows(panel: Panel, shape: Shape) -> Iterator[GridRow]:
    """The rows of a panel: its caption, head and body, each as wide as it needs to be."""
    n_labels = max((len(row.labels) for row in panel.rows), default=0)
    if shape.groups in (Groups.OWN_ROW, Groups.JOINED):
        n_labels = min(n_labels, 1)
    n_labels = max(n_labels, 1 if panel.corner else 0)
    if panel.caption:
        yield title_row(RowKind.CAPTION, panel.caption)
    yield from _head_rows(panel, n_labels, shape)
    above: Path = ()
    for row in panel.rows:
        if shape.groups is Groups.OWN_ROW:
            yield from _group_rows(row.labels, above)
        values = tuple(map(printed, row.values))
        yield GridRow(RowKind.BODY, _label_entries(row.labels, above, n_labels, shape), values)
        above = row.labels or above


def _head_rows(panel: Panel, n_labels: int, shape: Shape) -> Iterator[GridRow]:
    paths = panel.heads
    if shape.flat_head:
        paths = tuple((shape.joint.join(path),) if path else () for path in paths)
    depth = max(map(len, paths), default=0)
    for level in range(depth):
        corner = _corner(panel.corner, level, depth, shape)
        beside = _covered(corner.text, shape) if corner else None
        labels = (*(corner,) * min(n_labels, 1), *(beside,) * (n_labels - 1))
        titles = tuple(
            _column_title(path, before, (level, depth), shape)
            for path, before in zip(paths, ((), *paths[:-1]), strict=True)
        )
        yield GridRow(RowKind.HEAD, labels, titles)


def _corner(corner: str | None, level: int, depth: int, shape: Shape) -> Entry:
    if corner and level == (depth - 1 if shape.corner_low else 0):
        return Piece(corner)
    return _covered(corner, shape) if corner else None


def _column_title(path: Path, before: Path, place: tuple[int, int], shape: Shape) -> Entry:
    """What stands on a level, given as (level, number of levels), above the column of a path."""
    level, depth = place
    if not path:
        return None
    if level < len(path) - 1:
        is_spanned = len(before) > level + 1 and before[: level + 1] == path[: level + 1]
        return _covered(path[level], shape) if is_spanned else Piece(path[level])
    is_own = level == (depth if shape.hanging else len(path)) - 1
    return Piece(path[-1]) if is_own else _covered(path[-1], shape)


def _group_rows(labels: Path, above: Path) -> Iterator[GridRow]:
    """The titles of the groups that begin here, a row each."""
    for level, label in enumerate(labels[:-1]):
        if above[: level + 1] != labels[: level + 1] or len(above) <= level + 1:
            yield title_row(RowKind.GROUP, label)


def _label_entries(labels: Path, above: Path, n_labels: int, shape: Shape) -> tuple[Entry, ...]:
    if not n_labels:
        return ()
    if not labels:  # the title is lost, its place is there
        return (None,) * n_labels
    if shape.groups is Groups.OWN_ROW:
        return (Piece(labels[-1]),)
    if shape.groups is Groups.JOINED:
        return (Piece(shape.joint.join(labels)),)
    entries: list[Entry] = []
    for level, label in enumerate(labels):
        is_spanned = level < len(labels) - 1 and above[: level + 1] == labels[: level + 1]
        keep = not is_spanned or shape.groups is Groups.EVERY
        entries.append(Piece(label) if keep else _covered(label, shape))
    return (*entries, *(_covered(labels[-1], shape),) * (n_labels - len(labels)))


def _covered(title: str, shape: Shape) -> Entry:
    """What stands in a place that a merged cell with this title covers."""
    return Piece(title) if shape.spans is Spans.REPEATED else None


def _without_spans(row: GridRow) -> GridRow:
    return replace(
        row,
        labels=tuple(entry for entry in row.labels if entry is not None),
        values=tuple(entry for entry in row.values if entry is not None),
    )


def _filled(rows: Sequence[GridRow], shape: Shape) -> Iterator[GridRow]:
    width = max((len(row.entries) for row in rows), default=0)
    for row in rows:
        first = row.entries[0] if row.is_title else None
        cover = _covered(first.text, shape) if first else None
        yield replace(row, values=row.values + (cover,) * (width - len(row.entries)))
