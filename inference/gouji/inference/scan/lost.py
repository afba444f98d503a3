"""Lost rulings: those that a light streak has wiped out over their whole length.

A streak that hides an upright ruling also cuts every level one where it crosses it, so that a lost
ruling can only stand where all of those are notched. It did stand there if rulings end there, which
none does in a table but at another one, or if what is written keeps clear of it on both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.streaks import View, streaks

_CLEAR_PT = 1.0  # of a line, where no other is looked for
_END_PT = 7.0  # beside a streak, over which a ruling is looked for
_RULED, _BARE = 0.6, 0.2  # shares of that stretch: it goes on there, it does not
_NEAR_PT = 3.0  # lines that lie closer are one
_INSET_PT = 1.8  # from a ruling; what is written keeps farther from it
_WIDE = 2.0  # heights of a character: no gap within a line is wider
_ROOMY = 0.9  # one at least of those that part cells: after a comma it is narrower
_CLEAR = 0.6  # nor is any wider if what stands beside it is in the middle of two cells
_CENTRED = 0.3  # of the gap, what it may be off these middles, both together
_EVIDENCE = 2  # rulings that end at a line, and cells that it parts, at least


@dataclass(frozen=True)
class Lost:
    """A lost ruling along the columns: where it stood, and between which rows, (rows - 1,)."""

    at: int
    there: NDArray[np.bool_]


@dataclass(frozen=True)
class _Trial:
    """What speaks for a ruling at a place, and between which rows it would be `there`.

    So many level rulings end there, so many cells would be `parted`, by a `gap` of so many heights
    of a character at most, so many cells like those would be `crossed`, and what is written in
    those that are parted is `off` their middles by so many pixels.
    """

    at: int
    ends: int
    parted: int
    gap: float
    crossed: int
    off: float
    there: NDArray[np.bool_]

    @property
    def is_sure(self) -> bool:
        """Whether the ruling was there."""
        if self.ends >= _EVIDENCE:
            return True
        evidence = self.ends + self.parted
        return self.gap >= _ROOMY and evidence >= _EVIDENCE and evidence > self.crossed


def lost_rulings(
    view: View, rows: Sequence[int], columns: Sequence[int], down: NDArray[np.bool_]
) -> tuple[Lost, ...]:
    """The lost rulings along the columns, from left to right.

    `rows` and `columns` are the rulings that are there, in pixels; `down` tells between which rows
    those along the columns are, (rows - 1, columns).
    """
    middles = [(first + last + 1) // 2 for first, last in streaks(view, rows)]
    places = [at for at in middles if _is_free(at, columns, view.scale)]
    found: list[Lost] = []
    while places:
        trials = [_trial(view, at, rows, columns, down) for at in places]
        sure = [trial for trial in trials if trial.is_sure]
        if not sure:
            break
        best = max(sure, key=lambda trial: (trial.ends > 0, -trial.off))
        found.append(Lost(best.at, best.there))
        place = int(np.searchsorted(columns, best.at))
        columns = [*columns[:place], best.at, *columns[place:]]
        down = np.insert(down, place, best.there, axis=1)
        places = [at for at in places if _is_free(at, columns, view.scale)]
    return tuple(sorted(found, key=lambda lost: lost.at))


def _is_free(at: int, columns: Sequence[int], scale: float) -> bool:
    """Whether a place lies within the table and off the rulings that are there."""
    within = columns[0] < at < columns[-1]
    return within and min(abs(at - column) for column in columns) > _NEAR_PT * scale


def _trial(
    view: View, at: int, rows: Sequence[int], columns: Sequence[int], down: NDArray[np.bool_]
) -> _Trial:
    """What speaks for a ruling at a place."""
    ends = np.array([_ends_at(view, row, at, columns) for row in rows])
    held = ends[:-1] | ends[1:]
    cells = [_around(at, columns, there) for there in down]
    merged = _merged(view, rows, cells)
    sides = [_sides(view, at, (rows[a], rows[b]), cells[a]) for a, b in merged]
    height = view.written.height
    parted = [side for side in sides if side.is_parted(height)]
    alike = {side.cell for side in parted}
    crossed = [side for side in sides if side.is_crossed(height)]
    spans = [b - a for a, b in merged]
    apart = np.repeat([side.is_apart and side not in crossed for side in sides], spans)
    empty = np.repeat([side.is_empty for side in sides], spans)
    return _Trial(
        at,
        int(ends.sum()),
        len(parted),
        max((side.gap or 0 for side in parted), default=0) / height,
        sum(side.cell in alike for side in crossed),
        float(np.mean([side.off for side in parted])) if parted else float("inf"),
        _filled(held | apart, ~held & empty),
    )


def _merged(
    view: View, rows: Sequence[int], cells: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The first and the last but one of rows that nothing parts between the rulings `cells`."""
    clear = round(_CLEAR_PT * view.scale)
    starts = [0]
    for i, (before, (left, right)) in enumerate(pairwise(cells), start=1):
        band = view.level[max(0, rows[i] - 2) : rows[i] + 3, left + clear : right - clear]
        if before != (left, right) or band.max(axis=0).mean() > _BARE:
            starts.append(i)
    return list(pairwise([*starts, len(cells)]))


def _filled(there: NDArray[np.bool_], empty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What holds in each row; one where nothing is written is like the nearest that says more."""
    told = np.flatnonzero(~empty)
    if not len(told):
        return there
    away = np.abs(told[None] - np.arange(len(there))[:, None])
    filled: NDArray[np.bool_] = there[told[away.argmin(axis=1)]]
    return filled


def _ends_at(view: View, row: int, at: int, columns: Sequence[int]) -> bool:
    """Whether the ruling along a row goes on at one side of a place only, up to the next column."""
    clear, length = round(_CLEAR_PT * view.scale), round(_END_PT * view.scale)
    left = max(at - length, max(c for c in columns if c < at) + clear)
    right = min(at + length, min(c for c in columns if c > at) - clear)
    band = view.level[max(0, row - 2) : row + 3].max(axis=0)
    before, after = band[left : at - clear], band[at + clear : right]
    if min(len(before), len(after)) < clear:
        return False
    shares = float(before.mean()), float(after.mean())
    return min(shares) <= _BARE and max(shares) >= _RULED


def _around(at: int, columns: Sequence[int], there: NDArray[np.bool_]) -> tuple[int, int]:
    """The rulings between which a place lies in a row."""
    held = [column for column, is_there in zip(columns, there, strict=True) if is_there]
    return max(c for c in held if c < at), min(c for c in held if c > at)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What stands beside a place in a cell: the gap between, None unless something does on both.

    `is_apart` tells whether each side looks like a cell of its own, `off` how far what is written
    is off the middles of such cells, in pixels.
    """

    cell: tuple[int, int]
    gap: int | None
    is_empty: bool
    is_apart: bool
    off: float

    def is_parted(self, height: float) -> bool:
        """Whether two cells stand there; `height` is that of a character."""
        if self.gap is None or self.gap < _CLEAR * height:
            return False
        return self.gap >= _WIDE * height or self.off <= _CENTRED * self.gap

    def is_crossed(self, height: float) -> bool:
        """Whether what is written goes on from one side to the other."""
        return self.gap is not None and not self.is_parted(height)


def _sides(view: View, at: int, row: tuple[int, int], cell: tuple[int, int]) -> _Sides:
    """What is written on both sides of a place, in the rows `row` between the rulings `cell`."""
    (top, bottom), (left, right), inset = row, cell, round(_INSET_PT * view.scale)
    shown = view.written.mask[top + inset : bottom - inset, left + inset : right - inset]
    inked = np.flatnonzero(shown.any(axis=0)) + left + inset
    before, after = inked[inked < at], inked[inked >= at]
    if not len(inked):
        return _Sides(cell, None, True, True, 0.0)
    if len(before) and len(after):
        off = _off(before, (left, at)) + _off(after, (at, right))
        return _Sides(cell, int(after[0] - before[-1]) - 1, False, True, off)
    own = _off(before, (left, at)) if len(before) else _off(after, (at, right))
    return _Sides(cell, None, False, own < _off(inked, cell), own)


def _off(inked: NDArray[np.intp], cell: tuple[int, int]) -> float:
    """How far the middle of what is written is off that of a cell, in pixels."""
    return abs(float(inked[0] + inked[-1]) - sum(cell)) / 2
