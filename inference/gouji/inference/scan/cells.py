"""Cells: the rectangles that the rulings of a table leave, merged where no line parts them."""

from collections.abc import Iterator
from dataclasses import dataclass

from gouji.inference.scan.geometry import Pixels
from gouji.inference.scan.rulings import Grid

_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: its first row and column, how many it covers, its box in pixels."""

    row: int
    column: int
    rows: int
    columns: int
    box: Pixels


def cells_of(grid: Grid) -> tuple[Cell, ...]:
    """The cells of a table row by row; each place of the grid is covered once.

    What no ruling parts is one cell if it is a rectangle. If it is none, a line is missing, and
    its rows are told apart wherever any line begins.
    """
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    cells = [
        cell for region in _regions(grid, rows, columns) for cell in _rectangles(sorted(region))
    ]
    return tuple(
        Cell(
            row,
            column,
            n_rows,
            n_columns,
            (grid.xs[column], grid.ys[row], grid.xs[column + n_columns], grid.ys[row + n_rows]),
        )
        for row, column, n_rows, n_columns in sorted(cells)
    )


def _regions(grid: Grid, rows: int, columns: int) -> Iterator[set[_Place]]:
    """Places that are joined where no ruling stands between them."""
    seen: set[_Place] = set()
    for start in ((i, j) for i in range(rows) for j in range(columns)):
        if start in seen:
            continue
        region, waiting = {start}, [start]
        while waiting:
            for place in _joined_to(grid, waiting.pop()):
                if place not in region:
                    region.add(place)
                    waiting.append(place)
        seen |= region
        yield region


def _joined_to(grid: Grid, place: _Place) -> Iterator[_Place]:
    i, j = place
    if not grid.across[i, j]:
        yield i - 1, j
    if not grid.across[i + 1, j]:
        yield i + 1, j
    if not grid.down[i, j]:
        yield i, j - 1
    if not grid.down[i, j + 1]:
        yield i, j + 1


def _rectangles(region: list[_Place]) -> Iterator[tuple[int, int, int, int]]:
    """The region as (row, column, rows, columns): itself, or its runs along the rows."""
    top, bottom = region[0][0], region[-1][0]
    left, right = min(j for _, j in region), max(j for _, j in region)
    if len(region) == (bottom - top + 1) * (right - left + 1):
        yield top, left, bottom - top + 1, right - left + 1
        return
    for row in range(top, bottom + 1):
        columns = sorted(j for i, j in region if i == row)
        start = columns[0]
        for j, following in zip(columns, [*columns[1:], -1], strict=True):
            if following != j + 1:
                yield row, start, 1, j - start + 1
                start = following
