"""Exact elimination over the equations of a form: rank, redundancy, contradiction.

Every equation says that a signed sum of cells is zero, so the all-zero table always satisfies a
form. A form contradicts itself if its equations leave a cell no other value than zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gouji.model.form import Equation

Vector = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Dependence:
    """An equation that follows from others; `on` are those others."""

    equation: str
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Cells that can't be anything but zero, and the equations that together say so."""

    cells: tuple[str, ...]
    equations: tuple[str, ...]


@dataclass(slots=True)
class _Row:
    """A sum of cells that is zero; `origin` tells which sum of equations it is."""

    cells: Vector
    origin: Vector

    def add(self, factor: Fraction, other: "_Row") -> None:
        for mine, theirs in ((self.cells, other.cells), (self.origin, other.origin)):
            for name, coefficient in theirs.items():
                changed = mine.get(name, Fraction(0)) + factor * coefficient
                if changed:
                    mine[name] = changed
                else:
                    mine.pop(name, None)

    def scaled(self, factor: Fraction) -> "_Row":
        return _Row(
            {name: c * factor for name, c in self.cells.items()},
            {name: c * factor for name, c in self.origin.items()},
        )


@dataclass(slots=True)
class Elimination:
    """The reduced echelon form of some equations.

    `basis` maps each solved cell to its row, in which the cell has coefficient one and no other
    solved cell occurs; `redundant` lists the equations that added nothing.
    """

    basis: dict[str, _Row] = field(default_factory=dict)
    redundant: list[Dependence] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """The number of independent equations."""
        return len(self.basis)

    def add(self, equation: Equation, signed: frozenset[str]) -> None:
        """Takes one more equation in; signed cells are solved for first."""
        row = _Row(coefficients(equation), {equation.id: Fraction(1)})
        for cell in [cell for cell in row.cells if cell in self.basis]:
            row.add(-row.cells[cell], self.basis[cell])
        if row.cells:
            pivot = next((cell for cell in row.cells if cell in signed), next(iter(row.cells)))
            self.solve(row, pivot)
        else:
            others = tuple(name for name in row.origin if name != equation.id)
            self.redundant.append(Dependence(equation.id, others))

    def solve(self, row: _Row, cell: str) -> None:
        """Puts a row into the basis, solved for one of its cells."""
        row = row.scaled(1 / row.cells[cell])
        for other in self.basis.values():
            if cell in other.cells:
                other.add(-other.cells[cell], row)
        self.basis[cell] = row


def coefficients(equation: Equation) -> Vector:
    """The coefficient of every cell of an equation, without those that cancel."""
    vector: Vector = {}
    for sign, cell in equation.terms:
        vector[cell] = vector.get(cell, Fraction(0)) + sign
    return {cell: coefficient for cell, coefficient in vector.items() if coefficient}


def eliminate(equations: Iterable[Equation], signed: frozenset[str]) -> Elimination:
    """The elimination of all equations; `signed` are the cells that may be negative."""
    elimination = Elimination()
    for equation in equations:
        elimination.add(equation, signed)
    return elimination


def contradiction(
    elimination: Elimination, cells: Sequence[str], signed: frozenset[str]
) -> Contradiction | None:
    """Why some cell must be zero, or None if all cells can have other values at once.

    Looks for a solution in which every unsigned cell is at least one, by the dual simplex method
    with Bland's rule (Bland 1977, "New finite pivoting rules for the simplex method"): exact, and
    certain to end. The basis of `elimination` changes on the way, the solutions it stands for do
    not.
    """
    order = {cell: index for index, cell in enumerate(cells)}
    basis = elimination.basis
    while short := [cell for cell in basis if cell not in signed and _value(basis[cell]) < 1]:
        leaving = min(short, key=order.__getitem__)
        row = basis[leaving].cells
        entering = [cell for cell, c in row.items() if cell in signed or c < 0]
        if not entering:
            return _contradiction(basis[leaving], order)
        elimination.solve(basis.pop(leaving), min(entering, key=order.__getitem__))
    forced = next((row for row in basis.values() if len(row.cells) == 1), None)
    return None if forced is None else _contradiction(forced, order)


def _value(row: _Row) -> Fraction:
    """What the solved cell is while every other cell of its row is one."""
    return 1 - sum(row.cells.values(), Fraction(0))


def _contradiction(row: _Row, order: Mapping[str, int]) -> Contradiction:
    cells = sorted(row.cells, key=order.__getitem__)
    return Contradiction(tuple(cells), tuple(sorted(row.origin)))
