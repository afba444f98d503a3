"""Why a cell has its value: its equations with numbers filled in, and where it stands."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import process

from gouji.model.findings import Span
from gouji.model.form import Cell, Equation, Form, Table
from gouji.model.mention import Number
from gouji.model.numerals import exact
from gouji.model.report import CellResult, Check, Report, Status
from gouji.model.wording import equation_words, shared_title, term_words

_PLAIN = (Status.READ, Status.BLANK)
_N_NEAREST = 5
_EMPTY = "（空）"
_Side = tuple[tuple[str, Number | None], ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text: its line, counted from one, and the span within that line."""

    line: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Term:
    """A cell of an equation in words, with its number on the page and its value."""

    cell: str
    words: str
    printed: Number | None
    value: Number | None


@dataclass(frozen=True, slots=True)
class FilledEquation:
    """An equation with the numbers of a report, and how it came out.

    `title` is that of the row or column which the equation stays within, None without one; the
    terms are worded without it, `words` with it.
    """

    title: str | None
    words: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    check: Check

    @property
    def as_printed(self) -> str:
        """The equation in the numbers of the page."""
        left, right = (
            tuple((t.words, t.printed) for t in side) for side in (self.left, self.right)
        )
        return _in_numbers(left, right, self.check.holds_as_printed)

    @property
    def as_reconciled(self) -> str:
        """The equation in the reconciled values."""
        left, right = (tuple((t.words, t.value) for t in side) for side in (self.left, self.right))
        return _in_numbers(left, right, self.check.holds)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one cell of a report; `location` is None without a text or a span."""

    cell: Cell
    variant: str
    result: CellResult
    equations: tuple[FilledEquation, ...]
    location: Location | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a person should look at: cells that are flagged or were changed, broken equations.

    The cells of a table that is missing as a whole are not listed; `missing` names the table.
    """

    missing: tuple[str, ...]
    cells: tuple[tuple[Cell, CellResult], ...]
    broken: tuple[FilledEquation, ...]


def overview(report: Report, form: Form) -> Overview:
    """The cells of a report that are not simply read or blank, and the equations that fail.

    An equation fails if it does not hold for the numbers as printed.
    """
    results = report.cells
    missing = tuple(
        table.id
        for table in report.tables
        if all(cell.status is Status.MISSING for cell in table.cells)
    )
    cells = tuple(
        (cell, results[cell.id])
        for table, _ in _tables(report, form)
        for cell in table.cells
        if table.id not in missing
        and (results[cell.id].review or results[cell.id].status not in _PLAIN)
    )
    broken = tuple(
        filled
        for table, checks in _tables(report, form)
        for filled in _filled(table, checks, results)
        if filled.check.holds_as_printed is False
    )
    return Overview(missing, cells, broken)


def explain(report: Report, form: Form, cell: str, text: str | None = None) -> Explanation:
    """Everything about one cell; `text` is that of the document, if it is at hand.

    Raises:
        KeyError: the report has no such cell.
    """
    result = report.cells[cell]
    table, checks = next(pair for pair in _tables(report, form) if cell in pair[0].cell)
    filled = _filled(table, checks, report.cells)
    return Explanation(
        cell=table.cell[cell],
        variant=table.variant,
        result=result,
        equations=tuple(e for e in filled if cell in {t.cell for t in (*e.left, *e.right)}),
        location=locate(text, result.span) if text is not None and result.span else None,
    )


def locate(text: str, span: Span) -> Location:
    """The line that a span begins in; a span over several lines is cut at the end of it."""
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    line = bisect_right(starts, span[0])
    start = starts[line - 1]
    words = text[start:].split("\n", 1)[0]
    return Location(line, words, (span[0] - start, min(span[1] - start, len(words))))


def nearest_cells(report: Report, cell: str) -> tuple[str, ...]:
    """The cell ids of a report that look most like one that it does not have."""
    found = process.extract(cell, list(report.cells), limit=_N_NEAREST)
    return tuple(name for name, _, _ in found)


def _tables(report: Report, form: Form) -> tuple[tuple[Table, Mapping[str, Check]], ...]:
    """The tables of a report in the variants that were found, with their checks by id."""
    return tuple(
        (form.variants[table.id][table.variant], {check.id: check for check in table.checks})
        for table in report.tables
    )


def _filled(
    table: Table, checks: Mapping[str, Check], results: Mapping[str, CellResult]
) -> tuple[FilledEquation, ...]:
    return tuple(
        _fill(equation, table, checks[equation.id], results)
        for equation in table.equations
        if equation.id in checks
    )


def _fill(
    equation: Equation, table: Table, check: Check, results: Mapping[str, CellResult]
) -> FilledEquation:
    words = term_words(equation, table)

    def terms(cells: tuple[str, ...]) -> tuple[Term, ...]:
        return tuple(
            Term(cell, words[cell], results[cell].printed, results[cell].value) for cell in cells
        )

    left, right = terms(equation.left), terms(equation.right)
    title, in_words = shared_title(equation, table), equation_words(equation, table)
    return FilledEquation(title, in_words, left, right, check)


def _in_numbers(left: _Side, right: _Side, holds: bool | None) -> str:
    """Both sides with words and numbers; zeros among several terms are only counted."""
    sign = {True: "=", False: "≠", None: "?="}[holds]
    text = f"{_side_in_numbers(left)} {sign} {_side_in_numbers(right)}"
    sums = [_sum(side) for side in (left, right)]
    if holds is False and sums[0] is not None and sums[1] is not None:
        text += f"，即 {exact(sums[0])} 与 {exact(sums[1])}，相差 {exact(abs(sums[0] - sums[1]))}"
    return text


def _side_in_numbers(side: _Side) -> str:
    shown = [(words, number) for words, number in side if number != 0] or list(side[:1])
    text = " + ".join(f"{words} {_EMPTY if n is None else n}" for words, n in shown)
    n_left_out = len(side) - len(shown)
    return f"{text}（其余 {n_left_out} 项为 0）" if n_left_out else text


def _sum(side: _Side) -> Decimal | None:
    numbers = [Decimal(repr(number)) for _, number in side if number is not None]
    return sum(numbers, Decimal(0)) if len(numbers) == len(side) else None
