"""From outcomes to cell results: status, value, confidence, review, reason and alternatives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp

from gouji.model.form import Cell, Equation, Table
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import value_of
from gouji.model.reading import Observation, Origin, Reading, TableReadings
from gouji.model.report import Alternative, CellResult, Status
from gouji.model.reconciling import wording
from gouji.model.reconciling.identities import confirmed_twice, decided, holds
from gouji.model.reconciling.problem import Explanation, Pick
from gouji.model.reconciling.search import Outcome
from gouji.model.reconciling.settings import ReconcilingSettings


@dataclass(frozen=True, slots=True)
class Decided:
    """What the identities alone leave for the cells without a sure number: exactly one amount.

    `twice` are the cells for which that stays so whichever one identity is dropped.
    """

    amounts: Mapping[str, int]
    twice: frozenset[str]


def weights(outcome: Outcome) -> tuple[float, ...]:
    """How likely each explanation is, relative to the best."""
    best = outcome.explanations[0].extra
    return tuple(exp((best - e.extra) / 1000) for e in outcome.explanations)


def outcome_confidence(outcome: Outcome, settings: ReconcilingSettings) -> float:
    """The probability that the best explanation is the true one; 0.0 if there is none.

    1 / (1 + the weights of the others with other values + what is left unlisted). What is left
    weighs exp(-bound / 1000), with the least cost bound that was proved for any cell; after a
    time-out it weighs as much as the best.
    """
    if not outcome.explanations:
        return 0.0
    rest = min((outcome.lower or {}).values(), default=0)
    others = weights(outcome)[1:] if outcome.varying else ()
    return 1 / (1 + sum(others) + exp(-rest / 1000))


def decide(outcome: Outcome) -> Decided:
    """What the identities decide once the sure numbers stand.

    Sure are the numbers that were printed or confirmed and for which no explanation within the
    margin has another amount. All other cells are unknown, at least zero unless signed.
    """
    best = outcome.best
    if best is None:
        return Decided({}, frozenset())
    known = {
        cell: pick.amount
        for cell, pick in best.picks.items()
        if cell not in outcome.varying and _is_number(pick)
    }
    unknown = [cell for cell in best.picks if cell not in known]
    equations, signed = outcome.component.equations, outcome.component.signed
    amounts = decided(equations, known, unknown, signed) or {}
    lost = {cell for cell in amounts if best.picks[cell].slot.reading.observation is None}
    twice = confirmed_twice(equations, known, unknown, signed) if lost else frozenset()
    return Decided(amounts, twice)


def _is_number(pick: Pick) -> bool:
    observation = pick.slot.reading.observation
    if pick.option.origin is Origin.CORRECTION:
        return True
    return observation is not None and observation.value is not None and not pick.slot.is_open


class Explainer:
    """Cell results of one table, all derived from its readings and their outcomes."""

    def __init__(
        self,
        table: Table,
        readings: TableReadings,
        outcomes: Iterable[Outcome],
        settings: ReconcilingSettings,
    ) -> None:
        """Index the outcomes by cell and decide what only the identities can tell."""
        self.table = table
        self.settings = settings
        self.outcomes = {cell: o for o in outcomes for cell in o.component.base_cells}
        self.decided = {id(o): decide(o) for o in self.outcomes.values()}
        self.first = {r.cell: r for line in readings.lines for r in line.placements[0].readings}
        self.equations: dict[str, list[Equation]] = {cell.id: [] for cell in table.cells}
        for equation in table.equations:
            for _, cell in equation.terms:
                self.equations[cell].append(equation)
        self.doubtful = self._doubtful(readings)

    def results(self) -> tuple[CellResult, ...]:
        """The results of all cells, in the order of the form."""
        return tuple(self._result(cell) for cell in self.table.cells)
