"""The official layout of a table: which title or cell stands where, and what it spans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from gouji.model.form import Block, Cell, Table

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A title, or a cell of the form, with the row and column it begins in, counted from 0."""

    row: int
    column: int
    title: str = ""
    cell: Cell | None = None
    rows: int = 1
    columns: int = 1


def form_grid(table: Table) -> tuple[Place, ...]:
    """All places of a table in reading order, titles merged as in the official form."""
    if table.side_by_side:
        return tuple(_abreast(table))
    cells = iter(table.cells)
    places: list[Place] = []
    for block in table.blocks:
        places += _moved(_block(block, cells), n_rows(places))
    return tuple(places)


def n_rows(places: Sequence[Place]) -> int:
    """How many rows the places take."""
    return max((place.row + place.rows for place in places), default=0)


def n_columns(places: Sequence[Place]) -> int:
    """How many columns the places take."""
    return max((place.column + place.columns for place in places), default=0)


def _block(block: Block, cells: Iterator[Cell]) -> Iterator[Place]:
    labels: list[_Path] = [(*row.group, row.title) for row in block.rows]
    heads: list[_Path] = [(c.group, c.title) if c.group else (c.title,) for c in block.columns]
    n_labels, n_heads = max(map(len, labels)), max(map(len, heads))
    top = 0
    if block.title:
        yield Place(0, 0, block.title, columns=n_labels + len(heads))
        top = 1
    yield Place(top, 0, rows=n_heads, columns=n_labels)
    yield from _moved(_heads(heads, n_heads), top, n_labels)
    top += n_heads
    yield from _moved(map(_turned, _heads(labels, n_labels)), top)
    for row in range(len(labels)):
        for column in range(len(heads)):
            yield Place(top + row, n_labels + column, cell=next(cells))


def _abreast(table: Table) -> Iterator[Place]:
    """The rows of all blocks next to each other on one line, their titles above."""
    paths = [
        (*row.group, row.title, column.title)
        for block in table.blocks
        for row in block.rows
        for column in block.columns
    ]
    depth = max(map(len, paths))
    padded = [(*path[:-1], *[""] * (depth - len(path)), path[-1]) for path in paths]
    yield from _heads(padded, depth)
    for column, cell in enumerate(table.cells):
        yield Place(depth, column, cell=cell)


def _heads(paths: Sequence[_Path], depth: int, level: int = 0, first: int = 0) -> Iterator[Place]:
    """Titles above columns, shared ones once; one without others below it reaches down."""
    column = first
    for title, group in groupby(paths, key=lambda path: path[level]):
        members = list(group)
        inner = members[0]
        below = next((n for n in range(level + 1, len(inner)) if inner[n]), None)
        end = depth if below is None else below
        yield Place(level, column, title, rows=end - level, columns=len(members))
        if below is not None:
            yield from _heads(members, depth, below, column)
        column += len(members)


def _turned(place: Place) -> Place:
    return Place(place.column, place.row, place.title, None, place.columns, place.rows)


def _moved(places: Iterator[Place], rows: int, columns: int = 0) -> Iterator[Place]:
    for place in places:
        yield replace(place, row=place.row + rows, column=place.column + columns)
