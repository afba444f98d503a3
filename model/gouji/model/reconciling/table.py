"""Reconciling one table: readings in, a result with checks, findings and a verdict out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from math import prod

from gouji.model.findings import Finding, finding
from gouji.model.form import Equation, Table
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import exact
from gouji.model.reading import Origin, TableReadings
from gouji.model.reconciling import wording
from gouji.model.reconciling.budget import Budget
from gouji.model.reconciling.certainty import doubtful_cells, outcome_confidence, stated
from gouji.model.reconciling.explanation import (
    OutcomeExplainer,
    claimed,
    flagged,
    lost_cell,
    shifted_cells,
)
from gouji.model.reconciling.outcome import Outcome
from gouji.model.reconciling.problem import Pick, components
from gouji.model.reconciling.settings import ReconcilingSettings
from gouji.model.reconciling.weighing import explain
from gouji.model.report import CellResult, Check, Status, TableResult, Verdict

Sum = Decimal | None


def reconcile(table: Table, readings: TableReadings, settings: ReconcilingSettings) -> TableResult:
    """The table's cells, each with the value that the cheapest explanation gives it.

    The explanation is the cheapest choice of placements, candidates and changes under which every
    equation of the table holds exactly; it is proved to be so, and cells whose value another
    explanation within the margin disputes are ambiguous. Where that can't be proved in time, or no
    explanation exists, findings C004 and C005 say so and the cells concerned are for review.
    """
    if not readings.found:
        return _not_found(table)
    budget = Budget(settings.solver_time)
    outcomes = [explain(part, settings, budget) for part in components(table, readings)]
    explainers = {
        cell: explainer
        for explainer in (OutcomeExplainer(table, o, settings) for o in outcomes)
        for cell in explainer.outcome.component.cells
    }
    doubtful = doubtful_cells(table, readings.lines, lambda cell: explainers[cell].is_suspect(cell))
    line_of = {r.cell: line for line in readings.lines for r in line.placements[0].readings}
    results = [explainers[cell.id].result(cell) for cell in table.cells]
    doubtful |= shifted_cells(readings.lines, {result.id: result for result in results})
    results = [flagged(r, wording.INCOMPLETE) if r.id in doubtful else r for r in results]
    weakest = min((line.claim for line in readings.lines), default=1.0)
    cells = tuple(claimed(result, line_of[result.id], weakest, settings) for result in results)
    picks = {cell: pick for outcome in outcomes for cell, pick in outcome.picks.items()}
    findings = tuple(_findings(table, outcomes, cells))
    confidence = _confidence(outcomes, {c.id: c for c in cells})
    confidence *= prod(line.claim for line in readings.lines)
    sure = not readings.stray and not any(cell.review for cell in cells)
    accepted = sure and confidence >= settings.accept_from
    return TableResult(
        table.id,
        table.variant,
        Verdict.ACCEPTED if accepted else Verdict.REVIEW,
        stated(confidence),
        tuple(_stated(cell) for cell in cells),
        checks(table, cells, picks),
        findings,
    )


def _stated(cell: CellResult) -> CellResult:
    if not cell.alternatives and cell.confidence == stated(cell.confidence):
        return cell
    alternatives = (replace(a, probability=stated(a.probability)) for a in cell.alternatives)
    return replace(cell, confidence=stated(cell.confidence), alternatives=tuple(alternatives))


def checks(
    table: Table, cells: Iterable[CellResult], picks: Mapping[str, Pick]
) -> tuple[Check, ...]:
    """Every identity, put to the printed numbers and to the values."""
    values = {cell.id: None if cell.value is None else _decimal(cell.value) for cell in cells}
    printed = {cell.id: _printed(table, picks.get(cell.id)) for cell in table.cells}
    found = []
    for equation in table.equations:
        left, right = sides(equation, printed)
        found.append(
            Check(
                equation.id,
                equation.text,
                (_exact(left), _exact(right)),
                _equal(left, right),
                _equal(*sides(equation, values)),
            )
        )
    return tuple(found)


def sides(equation: Equation, numbers: Mapping[str, Sum]) -> tuple[Sum, Sum]:
    """The sums of both sides; None for a side with a cell that has no number."""
    return _sum(equation.left, numbers), _sum(equation.right, numbers)


def _sum(cells: Iterable[str], numbers: Mapping[str, Sum]) -> Sum:
    total = Decimal(0)
    for cell in cells:
        number = numbers[cell]
        if number is None:
            return None
        total += number
    return total


def _exact(total: Sum) -> Number | None:
    return None if total is None else exact(total)


def _equal(left: Sum, right: Sum) -> bool | None:
    return None if left is None or right is None else left == right


def _decimal(number: Number) -> Decimal:
    return Decimal(repr(number))


def _printed(table: Table, pick: Pick | None) -> Sum:
    """The printed number in the form's unit."""
    observation = pick.slot.reading.observation if pick else None
    if pick is None or observation is None or observation.kind is not MentionKind.NUMBER:
        return None
    converted = [o for o in pick.slot.options if o.origin is Origin.CONVERTED]
    if converted and converted[0].amount is not None:
        return Decimal(converted[0].amount) / table.cell[pick.slot.cell].scale
    return None if observation.value is None else _decimal(observation.value)


def _not_found(table: Table) -> TableResult:
    cells = tuple(lost_cell(cell, None, wording.TABLE_NOT_FOUND) for cell in table.cells)
    return TableResult(
        table.id, table.variant, Verdict.FAILED, 0.0, cells, checks(table, cells, {}), ()
    )


def _confidence(outcomes: Iterable[Outcome], cells: Mapping[str, CellResult]) -> float:
    """The probability that all cells are right, if every number belongs to the line it was put in.

    The product, over the independent parts of the table, of the probability that the part's best
    explanation is the true one. The cells of a part that only the identities decided hang on the
    same numbers, so the least sure of them counts for all.
    """
    return prod(
        min(
            outcome_confidence(outcome), *(cells[c].confidence for c in _derived(outcome, cells)), 1
        )
        for outcome in outcomes
    )


def _derived(outcome: Outcome, cells: Mapping[str, CellResult]) -> Iterable[str]:
    """The part's cells that were not found in the document, or not read as they stand there."""
    found = ((cell, cells[cell]) for cell in outcome.component.cells)
    return (cell for cell, r in found if r.read is None or r.status is Status.REPAIRED)


def _findings(
    table: Table, outcomes: Iterable[Outcome], cells: Iterable[CellResult]
) -> Iterable[Finding]:
    results = {cell.id: cell for cell in cells}
    for cell in results.values():
        name = wording.title(table.cell[cell.id])
        if cell.status is Status.SOURCE_ERROR:
            yield _finding("C001", wording.source_error(name, cell), (cell.id,))
    for outcome in outcomes:
        ordered = tuple(cell for cell in results if cell in outcome.component.cells)
        impossible = [
            pick.slot
            for cell, pick in outcome.picks.items()
            if pick.slot.is_open and results[cell].printed is not None
        ]
        if outcome.varying:
            names = tuple(cell for cell in ordered if cell in outcome.varying)
            yield _finding("C002", wording.ambiguous(len(names)), names)
        if outcome.unproved:
            names = tuple(cell for cell in ordered if cell in outcome.unproved)
            yield _finding("C004", wording.OUT_OF_TIME, names)
        elif not outcome.explanations:
            yield _finding("C005", wording.UNSOLVED, ordered)
        for slot in impossible:
            sentence = wording.impossible(table.cell[slot.cell], results[slot.cell].read or "")
            yield _finding("C006", sentence, (slot.cell,))


def _finding(code: str, sentence: wording.Sentence, cells: tuple[str, ...]) -> Finding:
    return finding(code, sentence[0], sentence[1], cells=cells)
