"""Stacks: numbers above each other in one cell, because the ruling between their rows is lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gouji.inference.scan.geometry import Pixels
from gouji.inference.scan.tables import InkedCell, ReadCell

_ROOM = 100  # rows that one row of the grid may become
_OFF = 0.3  # of the distance between lines; what stands farther from both stands between
_AGREEING = 2  # cells of a row with as many numbers above each other show that it is several rows


def unstacked(cells: Sequence[ReadCell]) -> tuple[ReadCell, ...]:
    """The cells, rows that hold several rows parted; rows are numbered anew, in the same order.

    A number stands on one line, so that cells with several are several cells. What else stands in
    the row goes with the number that it is nearest to.
    """
    heights = _stacked_rows(cells)
    parted: list[ReadCell] = []
    for cell in cells:
        own = cell.inked.cell
        if own.rows > 1 and _is_stack(cell) and len(cell.heard) == own.rows:
            parted += _by_line(cell)
        elif own.rows == 1 and own.row in heights:
            parted += _by_height(cell, heights[own.row])
        else:
            parted.append(_placed(cell, own.row, 0))
    return tuple(sorted(parted, key=lambda c: (c.inked.cell.row, c.inked.cell.column)))


def _is_stack(cell: ReadCell) -> bool:
    is_apart = len(cell.heard) > 1 and not cell.inked.side_by_side
    return is_apart and all(one.line.is_numeral for one in cell.heard)


def _stacked_rows(cells: Sequence[ReadCell]) -> dict[int, tuple[float, ...]]:
    """The rows that hold several, with the heights at which their numbers stand."""
    stacks: dict[int, list[ReadCell]] = {}
    for cell in cells:
        if cell.inked.cell.rows == 1 and _is_stack(cell):
            stacks.setdefault(cell.inked.cell.row, []).append(cell)
    found = {}
    for row, stacked in stacks.items():
        n, votes = Counter(len(cell.heard) for cell in stacked).most_common(1)[0]
        if votes >= _AGREEING:
            first = next(cell for cell in stacked if len(cell.heard) == n)
            heights = tuple(map(_middle, first.inked.lines))
            between = sum(
                _is_between(cell, heights) for cell in cells if cell.inked.cell.row == row
            )
            if between < votes:
                found[row] = heights
    return found


def _is_between(cell: ReadCell, heights: Sequence[float]) -> bool:
    """Whether the one number of a cell stands between two heights: the others are broken ones.

    A number too long for its cell goes on in a second line, and the row around it has one line.
    """
    if not cell.is_numeral:
        return False
    off = min(abs(_middle(cell.inked.lines[0]) - height) for height in heights)
    return off > _OFF * (heights[-1] - heights[0]) / (len(heights) - 1)


def _middle(line: Pixels) -> float:
    return (line[1] + line[3]) / 2


def _by_line(cell: ReadCell) -> Iterator[ReadCell]:
    """A cell over as many rows as it has numbers: each number in its row."""
    for number in range(len(cell.heard)):
        yield _placed(_part(cell, [number]), cell.inked.cell.row + number, 0)


def _by_height(cell: ReadCell, heights: Sequence[float]) -> Iterator[ReadCell]:
    """A cell of a row that holds several, parted; an empty one becomes as many empty ones."""
    nearest = [
        min(range(len(heights)), key=lambda i: abs(heights[i] - _middle(line)))
        for line in cell.inked.lines
    ]
    for number in range(len(heights)):
        own = [i for i, near in enumerate(nearest) if near == number]
        yield _placed(_part(cell, own), cell.inked.cell.row, number)


def _part(cell: ReadCell, lines: Sequence[int]) -> ReadCell:
    inked = replace(cell.inked, lines=tuple(cell.inked.lines[i] for i in lines))
    return ReadCell(inked, tuple(cell.heard[i] for i in lines))


def _placed(cell: ReadCell, row: int, part: int) -> ReadCell:
    inked: InkedCell = cell.inked
    place = replace(inked.cell, row=_ROOM * row + part)
    return ReadCell(replace(inked, cell=place), cell.heard)
