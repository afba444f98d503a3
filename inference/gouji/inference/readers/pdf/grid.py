"""Grids: the cells that ruling lines enclose, merged ones whole.

Lines -> lines that meet -> rows and columns between them -> places, joined where no line parts
them.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gouji.inference.readers.pdf.page import Stroke

_SAME_PT = 4.0  # lines no further apart are one, as those of a double rule
_GAP_PT = 3.5  # pieces of a line no further apart are one
_TOUCH_PT = 4.5  # lines no further apart meet
_SHORTEST_PT = 5.0
_OVERHANG_PT = 6.0  # by how much lines may stick out of a grid that is closed
_COVERED = 0.6  # the share of the side of a place that a line must cover to part it
_MOST_PLACES = 100_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: the places that it covers, half open, and its edges in points."""

    row: int
    row_end: int
    column: int
    column_end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells between ruling lines, in reading order; `xs` and `ys` are where the lines are.

    `open_top` and `open_bottom` tell that the lines between the columns go on past the last line
    across, as those of a row do that the end of the page cuts.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    places: tuple[int, ...]
    open_top: bool = False
    open_bottom: bool = False

    def cell_at(self, x: float, y: float) -> int | None:
        """The index of the cell around a point, None outside."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if not (0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1):
            return None
        return self.places[row * (len(self.xs) - 1) + column]

    def holds(self, other: "Grid") -> bool:
        """Whether another grid lies within one of the cells."""
        return self.xs != other.xs and (
            self.cell_at(other.xs[0] + 1, other.ys[0] + 1)
            == self.cell_at(other.xs[-1] - 1, other.ys[-1] - 1)
            is not None
        )


def find_grids(horizontal: Iterable[Stroke], vertical: Iterable[Stroke]) -> list[Grid]:
    """The grids of more than one cell, from top to bottom; one around another grid is none."""
    across, down = merged(horizontal), merged(vertical)
    grids = [
        grid
        for rows, columns in _meeting(across, down)
        for grid in [_grid(rows, columns)]
        if grid is not None and len(grid.cells) > 1
    ]
    kept = [grid for grid in grids if not any(grid.holds(other) for other in grids)]
    return sorted(kept, key=lambda grid: (grid.ys[0], grid.xs[0]))


def merged(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Strokes along the same line as one where they nearly touch; short ones are left out."""
    lines: list[list[Stroke]] = []
    for stroke in sorted(strokes):
        if lines and stroke.at - lines[-1][0].at <= _SAME_PT:
            lines[-1].append(stroke)
        else:
            lines.append([stroke])
    found: list[Stroke] = []
    for line in lines:
        at = sum(stroke.at for stroke in line) / len(line)
        start: float | None = None
        end = 0.0
        for stroke in sorted(line, key=lambda stroke: stroke.start):
            if start is None or stroke.start - end > _GAP_PT:
                if start is not None:
                    found.append(Stroke(at, start, end))
                start, end = stroke.start, stroke.end
            end = max(end, stroke.end)
        if start is not None:
            found.append(Stroke(at, start, end))
    return [stroke for stroke in found if stroke.end - stroke.start >= _SHORTEST_PT]


def _meeting(
    across: Sequence[Stroke], down: Sequence[Stroke]
) -> list[tuple[list[Stroke], list[Stroke]]]:
    """The groups of lines that meet, directly or by others."""
    group = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    ats = [stroke.at for stroke in across]
    for number, line in enumerate(down, start=len(across)):
        first = bisect_left(ats, line.start - _TOUCH_PT)
        last = bisect_right(ats, line.end + _TOUCH_PT)
        for index in range(first, last):
            other = across[index]
            if other.start - _TOUCH_PT <= line.at <= other.end + _TOUCH_PT:
                group[root(index)] = root(number)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = defaultdict(lambda: ([], []))
    for index, stroke in enumerate((*across, *down)):
        groups[root(index)][index >= len(across)].append(stroke)
    return [found for found in groups.values() if found[0] and found[1]]


def _grid(rows: Sequence[Stroke], columns: Sequence[Stroke]) -> Grid | None:
    """The grid that lines make which meet."""
    xs = _stops(columns, rows)
    ys = _stops(rows, columns)
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    if not 1 <= n_rows * n_columns <= _MOST_PLACES or n_rows * n_columns < 2:
        return None
    beside = _borders(columns, xs, ys)
    below = _borders(rows, ys, xs)
    group = list(range(n_rows * n_columns))
    for place in range(n_rows * n_columns):
        row, column = divmod(place, n_columns)
        if column and (column, row) not in beside:
            _join(group, place, place - 1)
        if row and (row, column) not in below:
            _join(group, place, place - n_columns)
    tops = [stroke.at for stroke in rows]
    cells, places = _cells(group, xs, ys)
    is_open = ys[0] < min(tops) - _SAME_PT, ys[-1] > max(tops) + _SAME_PT
    return Grid(tuple(xs), tuple(ys), cells, places, *is_open)


def _stops(lines: Sequence[Stroke], crossing: Sequence[Stroke]) -> list[float]:
    """Where lines stand, and where those that cross them end if that is further out."""
    stops = sorted({line.at for line in lines})
    kept = [stops[0]]
    kept += [stop for before, stop in pairwise(stops) if stop - before > 0.1]
    first, last = min(line.start for line in crossing), max(line.end for line in crossing)
    if first < kept[0] - _OVERHANG_PT:
        kept.insert(0, first)
    if last > kept[-1] + _OVERHANG_PT:
        kept.append(last)
    return kept


def _borders(
    lines: Sequence[Stroke], stops: Sequence[float], crossing: Sequence[float]
) -> set[tuple[int, int]]:
    """The sides of places that lines cover: number of the stop, number of the place along it."""
    found = set()
    for line in lines:
        stop = bisect_left(stops, line.at - 0.1)
        first = max(bisect_right(crossing, line.start) - 1, 0)
        for place in range(first, len(crossing) - 1):
            start, end = crossing[place], crossing[place + 1]
            if start > line.end:
                break
            if min(end, line.end) - max(start, line.start) >= _COVERED * (end - start):
                found.add((stop, place))
    return found


def _join(group: list[int], one: int, other: int) -> None:
    while group[one] != one:
        group[one] = group[group[one]]
        one = group[one]
    while group[other] != other:
        group[other] = group[group[other]]
        other = group[other]
    group[max(one, other)] = min(one, other)


def _cells(
    group: Sequence[int], xs: Sequence[float], ys: Sequence[float]
) -> tuple[tuple[Cell, ...], tuple[int, ...]]:
    """The cells in reading order, and for every place the number of its cell.

    Places that together are no rectangle, for want of a line, are cells of one row each.
    """
    n_columns = len(xs) - 1
    regions: dict[int, list[int]] = defaultdict(list)
    for place in range(len(group)):
        index = place
        while group[index] != index:
            index = group[index]
        regions[index].append(place)
    parts = sorted(part for region in regions.values() for part in _rectangles(region, n_columns))
    places = [0] * len(group)
    cells = []
    for number, part in enumerate(parts):
        (row, column), (last_row, last_column) = (divmod(part[i], n_columns) for i in (0, -1))
        edges = xs[column], ys[row], xs[last_column + 1], ys[last_row + 1]
        cells.append(Cell(row, last_row + 1, column, last_column + 1, *edges))
        for place in part:
            places[place] = number
    return tuple(cells), tuple(places)


def _rectangles(region: Sequence[int], n_columns: int) -> list[list[int]]:
    rows = sorted({place // n_columns for place in region})
    columns = sorted({place % n_columns for place in region})
    is_whole = len(region) == len(rows) * len(columns)
    if is_whole and rows[-1] - rows[0] < len(rows) and columns[-1] - columns[0] < len(columns):
        return [list(region)]
    parts: list[list[int]] = []
    for place in region:
        if parts and parts[-1][-1] == place - 1 and place % n_columns:
            parts[-1].append(place)
        else:
            parts.append([place])
    return parts
