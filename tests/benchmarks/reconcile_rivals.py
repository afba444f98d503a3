"""What people do today with a table that does not add up; every value is taken at its word."""

from collections.abc import Callable, Mapping

import numpy as np
from rapidfuzz.distance import OSA
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

from gouji.model.form import Equation, Table

Read = Mapping[str, int | None]
"""Cells with the numbers that were read; None where none was found."""
Method = Callable[[Table, Read], Mapping[str, int]]

_HIGHS_SECONDS = 5.0


def nothing(table: Table, read: Read) -> Mapping[str, int]:
    """The numbers as they were read; what was not found is 0."""
    del table
    return {cell: number or 0 for cell, number in read.items()}


def totals_anew(table: Table, read: Read) -> Mapping[str, int]:
    """Every total replaced by the sum of its parts, in the order of the form."""
    values = dict(nothing(table, read))
    for equation in table.equations:
        if len(equation.left) == 1:
            values[equation.left[0]] = sum(values[cell] for cell in equation.right)
    return values


def missing_part(table: Table, read: Read) -> Mapping[str, int]:
    """A number that was not found computed from an equation in which it is the only one."""
    values = dict(read)
    for _ in table.equations:
        for equation in table.equations:
            lost = [(sign, cell) for sign, cell in equation.terms if values[cell] is None]
            if len(lost) == 1:
                (sign, cell) = lost[0]
                values[cell] = max(0, -sign * _total(equation, nothing(table, values)))
    return nothing(table, values)


def single_edit(table: Table, read: Read) -> Mapping[str, int]:
    """Numbers put right that are one edit of their digits away from making a sum hold.

    The automatic correction of simple typing errors of Scholtus (2009): of all cells of violated
    equations that could be put right by one digit added, lost or exchanged, or two neighbours
    swapped, the one that makes most equations hold; again until none is left.
    """
    values = dict(nothing(table, read))
    for _ in range(len(values)):
        tried = {
            (cell, number): len(_violated(table, {**values, cell: number}))
            for equation in _violated(table, values)
            for cell, number in _edits(equation, values)
        }
        best = min(tried, key=lambda edit: tried[edit], default=None)
        if best is None or tried[best] >= len(_violated(table, values)):
            break
        values[best[0]] = best[1]
    return values


def least_change(table: Table, read: Read) -> Mapping[str, int]:
    """The numbers that add up and differ from those read in as few cells as can be."""
    known = nothing(table, read)
    cells = [cell.id for cell in table.cells]
    n, most = len(cells), 2 * max(sum(known.values()), 1)
    at = {cell: i for i, cell in enumerate(cells)}
    shown = np.array([known[cell] for cell in cells], float)
    sums = np.zeros((len(table.equations), 2 * n))
    for i, equation in enumerate(table.equations):
        for sign, cell in equation.terms:
            sums[i, at[cell]] = sign
    keep, same = np.eye(n), np.full(n, np.inf)
    found = milp(
        np.concatenate([np.zeros(n), np.ones(n)]),
        integrality=np.ones(2 * n),
        bounds=Bounds(np.zeros(2 * n), np.concatenate([np.full(n, most), np.ones(n)])),
        constraints=[
            LinearConstraint(sums, 0, 0),
            LinearConstraint(np.hstack([keep, -most * keep]), -same, shown),
            LinearConstraint(np.hstack([keep, most * keep]), shown, same),
        ],
        options={"time_limit": _HIGHS_SECONDS},
    )
    if found.x is None:
        return known
    return {cell: round(found.x[i]) for cell, i in at.items()}


RIVALS: Mapping[str, Method] = {
    "nothing": nothing,
    "totals anew": totals_anew,
    "missing part": missing_part,
    "single edit": single_edit,
    "least change": least_change,
}


def _total(equation: Equation, values: Mapping[str, int]) -> int:
    return sum(sign * values[cell] for sign, cell in equation.terms)


def _violated(table: Table, values: Mapping[str, int]) -> list[Equation]:
    return [equation for equation in table.equations if _total(equation, values)]


def _edits(equation: Equation, values: Mapping[str, int]) -> list[tuple[str, int]]:
    """Cells of the equation with the numbers that make it hold, where they are one edit away."""
    off = _total(equation, values)
    wanted = [(cell, values[cell] - sign * off) for sign, cell in equation.terms]
    return [
        (cell, number)
        for cell, number in wanted
        if number >= 0 and OSA.distance(str(values[cell]), str(number)) == 1
    ]
