"""Columns: which cells of a line its slots may fill, found by counting.

Where cell boundaries survive, counting decides. Where a line has more slots than cells (merged
cells, a stray number), all lines with as many slots vote on where the cells begin. Where it has
fewer (collapsed blanks, a lost cell), only the order is known and the sums have to decide.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gouji.inference.slots import Slot
from gouji.model.form import Cell, Table

Places = tuple[tuple[int, float], ...]
"""(index of a cell within its line, probability)."""

_SURE = 0.999  # as many values as cells, or a window of cells that the lines agree on
_LIKELY = 0.9  # the window that counting suggests among several possible ones
_LAST = 0.9  # the last value of a collapsed line stands in its total

_Line = tuple[Sequence[tuple[int, float]], Sequence[Slot]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What lines with as many slots of the same kind of row have in common."""

    n_slots: int
    n_cells: int
    block: tuple[str, ...]


def column_distributions(lines: Sequence[_Line], table: Table) -> list[list[Places]]:
    """For each line (rows it may belong to, slots) the places that each slot may fill.

    Places index into the cells of the line of the first row; an empty tuple means that the slot
    fills no cell.
    """
    cells_of = [cells for _, cells in table.lines]
    shapes = [_shape(slots, cells_of[rows[0][0] if rows else 0]) for rows, slots in lines]
    classes: dict[_Shape, list[Sequence[Slot]]] = defaultdict(list)
    for shape, (_, slots) in zip(shapes, lines, strict=True):
        if _n_valued(slots) <= shape.n_cells:
            classes[shape].append(slots)
    return [
        _places(
            slots, shape, classes[shape], _has_total(table, cells_of[rows[0][0] if rows else 0])
        )
        for shape, (rows, slots) in zip(shapes, lines, strict=True)
    ]


def _shape(slots: Sequence[Slot], cells: Sequence[Cell]) -> _Shape:
    return _Shape(len(slots), len(cells), tuple(cell.column.id for cell in cells))


def _n_valued(slots: Sequence[Slot]) -> int:
    return sum(slot.token is not None for slot in slots)


def _has_total(table: Table, cells: Sequence[Cell]) -> bool:
    """Whether the last cell of a line is the sum of others of it, so never empty in a used line."""
    line = {cell.id for cell in cells}
    return any(
        equation.left == (cells[-1].id,) and line.issuperset(equation.right)
        for equation in table.equations
    )


def _places(
    slots: Sequence[Slot], shape: _Shape, peers: Sequence[Sequence[Slot]], has_total: bool
) -> list[Places]:
    n_valued = _n_valued(slots)
    if n_valued == shape.n_cells:
        order = iter(range(shape.n_cells))
        return [((next(order), _SURE),) if slot.token else () for slot in slots]
    if n_valued > shape.n_cells:
        return _spread([slot.token is not None for slot in slots], shape.n_cells, 0.0)
    if len(slots) >= shape.n_cells:
        return _windowed(slots, shape, peers)
    return _spread([True] * len(slots), shape.n_cells, _LAST if has_total else 0.0)


def _extent(lines: Sequence[Sequence[Slot]]) -> tuple[int, int] | None:
    """Least and greatest index of a slot with a value over all lines; None without values."""
    valued = [i for slots in lines for i, slot in enumerate(slots) if slot.token]
    return (min(valued), max(valued)) if valued else None


def _windowed(
    slots: Sequence[Slot], shape: _Shape, peers: Sequence[Sequence[Slot]]
) -> list[Places]:
    """Places for a window of `n_cells` slots; several windows share the probability.

    In a line of nothing but empty cells all windows mean the same, and the first is taken.
    """
    if not _n_valued(slots):
        return _window_places(len(slots), shape.n_cells, {0: _SURE})
    last_start = len(slots) - shape.n_cells
    windows = range(last_start + 1)
    for lines in (peers, [slots]):
        extent = _extent(lines)
        if extent is None:
            continue
        fitting = range(max(0, extent[1] - shape.n_cells + 1), min(extent[0], last_start) + 1)
        if fitting:
            windows = fitting
            break
    return _window_places(len(slots), shape.n_cells, _weigh(windows))


def _weigh(windows: range) -> dict[int, float]:
    """Windows with probabilities; of several the first is the likely one.

    A line ends in its total, which no used line leaves empty, and begins right behind its label:
    both speak for the leftmost window that holds all values.
    """
    if len(windows) == 1:
        return {windows[0]: _SURE}
    rest = (1 - _LIKELY) / (len(windows) - 1)
    return {w: _LIKELY if w == windows[0] else rest for w in windows}


def _window_places(n_slots: int, n_cells: int, windows: dict[int, float]) -> list[Places]:
    places: list[Places] = []
    for i in range(n_slots):
        weights = [(i - w, p) for w, p in windows.items() if 0 <= i - w < n_cells]
        places.append(tuple(sorted(weights, key=lambda entry: -entry[1])))
    return places


def _spread(used: Sequence[bool], n_cells: int, last: float) -> list[Places]:
    """Every order-preserving place, alike but for the last value (probability `last` of the end).

    With more values than cells, each may be the one that belongs to no cell.
    """
    n = sum(used)
    spare = n_cells - n
    places: list[Places] = []
    rank = 0
    for is_used in used:
        if not is_used:
            places.append(())
            continue
        low, high = rank + min(spare, 0), rank + max(spare, 0)
        fitting = range(max(0, low), min(n_cells - 1, high) + 1)
        if last and rank == n - 1:
            rest = (1 - last) / max(1, len(fitting) - 1)
            weights = [(c, last if c == n_cells - 1 else rest) for c in fitting]
        else:
            share = n / (n + 1) if spare < 0 else 1.0
            weights = [(c, _SURE * share / len(fitting)) for c in fitting]
        places.append(tuple(sorted(weights, key=lambda entry: -entry[1])))
        rank += 1
    return places
