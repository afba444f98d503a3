"""Whether the identities of a form can hold together, and which of them say something new.

Run on every form that is loaded: a slip in the data (an id used twice, a total among its own
parts) is found before a report is measured by it.
"""

from collections import Counter
from dataclasses import dataclass

from gouji.model.elimination import Dependence, Elimination, contradiction, eliminate
from gouji.model.errors import FormError
from gouji.model.form import Equation, Form, Table


@dataclass(frozen=True, slots=True)
class FormCheck:
    """The equations of one variant of a table: how many there are and how many count.

    `dependences` are the equations that follow from those before them; the others are
    independent, and there are `rank` of them.
    """

    table: str
    variant: str
    n_cells: int
    n_equations: int
    rank: int
    dependences: tuple[Dependence, ...]

    @property
    def redundant(self) -> tuple[str, ...]:
        """The ids of the equations that say nothing new."""
        return tuple(dependence.equation for dependence in self.dependences)


def check_form(form: Form) -> tuple[FormCheck, ...]:
    """The checks of all variants of all tables, in the order of the form file.

    Raises:
        FormError: an id stands twice, an equation mixes units, or equations contradict each other.
    """
    return tuple(
        check_table(table) for variants in form.variants.values() for table in variants.values()
    )


def check_table(table: Table) -> FormCheck:
    """The check of one variant of a table.

    Raises:
        FormError: an id stands twice, an equation mixes units, or equations contradict each other.
    """
    place = f"table {table.id} ({table.variant})"
    _unique(tuple(cell.id for cell in table.cells), f"{place}: cell")
    _unique(tuple(equation.id for equation in table.equations), f"{place}: equation")
    for equation in table.equations:
        _check_equation(equation, table)
    signed = frozenset(cell.id for cell in table.cells if cell.column.signed)
    elimination = eliminate(table.equations, signed)
    rank = elimination.rank
    _check_contradiction(elimination, table, signed)
    return FormCheck(
        table.id,
        table.variant,
        len(table.cells),
        len(table.equations),
        rank,
        tuple(elimination.redundant),
    )


def _check_equation(equation: Equation, table: Table) -> None:
    """Each cell at most once, and all in one unit: reconciling adds smallest units."""
    _unique(equation.left + equation.right, f"equation {equation.id}: cell")
    columns = [table.cell[cell].column for _, cell in equation.terms]
    if len({(column.unit, column.unit_as_printed, column.decimals) for column in columns}) > 1:
        raise FormError(f"equation {equation.id} mixes units or decimals: {equation.text}")


def _check_contradiction(elimination: Elimination, table: Table, signed: frozenset[str]) -> None:
    found = contradiction(elimination, tuple(table.cell), signed)
    if found is not None:
        raise FormError(
            f"equations {', '.join(found.equations)} together leave no value but 0 for "
            f"{', '.join(found.cells)}"
        )


def _unique(ids: tuple[str, ...], place: str) -> None:
    if repeated := [name for name, count in Counter(ids).items() if count > 1]:
        raise FormError(f"{place} {', '.join(repeated)} stands more than once")
