"""How sure an outcome is: confidences, what identities decide, and where doubt spreads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import exp, expm1

from gouji.model.form import Equation, Table
from gouji.model.reading import Line, Origin
from gouji.model.reconciling.identities import confirmed_twice, decided
from gouji.model.reconciling.outcome import Outcome
from gouji.model.reconciling.problem import Pick


def weights(outcome: Outcome) -> tuple[float, ...]:
    """How likely each explanation is, relative to the best."""
    best = outcome.explanations[0].extra
    return tuple(exp((best - e.extra) / 1000) for e in outcome.explanations)


def stated(probability: float) -> float:
    """A probability as reports state it: six decimals, and 1.0 for nothing but certainty.

    The last bits of a logarithm differ between machines; six decimals do not.

    >>> stated(0.12345678), stated(0.9999999), stated(1.0)
    (0.123457, 0.999999, 1.0)
    """
    return 1.0 if probability == 1 else min(round(probability, 6), 0.999999)


def outcome_confidence(outcome: Outcome) -> float:
    """The probability that the best explanation is the true one; 0.0 if there is none.

    1 / (1 + the weights of the others + what is left unlisted). What is left weighs
    exp(-bound / 1000) with the least bound that was proved for any cell; nothing is proved after a
    time-out, so that it then weighs as much as the best.
    """
    if not outcome.explanations:
        return 0.0
    others = sum(weights(outcome)[1:]) if outcome.varying else 0.0
    if outcome.joint is not None:
        others = outcome.joint.rest
    rest = min(outcome.lower.values(), default=0)
    return 1 / (1 + others + exp(-rest / 1000))


def is_unsure_reading(pick: Pick) -> bool:
    """Whether the value is but the likeliest reading of what stands there, taken for its price.

    A dearer reading is taken because sums ask for it; the cheapest needs a proof all the same. A
    value that nothing there reads as, however cheap a change may be, comes from the sums alone.
    """
    is_cheapest = pick.option.origin is Origin.MISREAD and pick.option.extra == 0
    return is_cheapest and bool(_prices(pick))


def _prices(pick: Pick) -> list[int]:
    """What it costs to read what stands there as the value, in each way that does."""
    return [c.cost for c in pick.slot.reading.candidates if c.amount == pick.amount]


def sureness(outcome: Outcome, pick: Pick) -> float:
    """The probability of a value that does not vary, as far as prices tell.

    1 / (1 + exp(-b / 1000)) with the proved bound b of what any other value costs. Of an unsure
    reading, which is right with probability p, all other values together are as likely as
    (1 - p) / p; they are ruled out only by what they cost beyond the change of this one cell.
    """
    bound = outcome.lower.get(pick.slot.cell, 0)
    others = exp(-bound / 1000)
    if outcome.joint is not None and pick.slot.cell in outcome.joint.shares:
        share = outcome.joint.shares[pick.slot.cell][pick.amount]
        others += (1 - min(share, 1.0)) / share
    reading = pick.slot.reading
    if is_unsure_reading(pick) and reading.change_cost is not None:
        cost = min(_prices(pick))
        beyond = max(0, bound - (reading.change_cost - cost))
        others += expm1(cost / 1000) * exp(-beyond / 1000)
    return 1 / (1 + others)


def reading_certainty(pick: Pick) -> float:
    """How likely what stands there reads as the value: all there is where no sum confirms it."""
    prices = _prices(pick)
    return exp(-min(prices) / 1000) if prices else 1.0


@dataclass(frozen=True, slots=True)
class Decided:
    """What the identities alone leave for the cells without a sure number: exactly one amount.

    `twice` are the cells for which that stays so whichever one identity is dropped, and without
    any number that was changed. `unsure` are the readings that prices alone do not make sure.
    """

    amounts: Mapping[str, int]
    twice: frozenset[str]
    unsure: frozenset[str] = frozenset()


def decide(outcome: Outcome, sure_from: float) -> Decided:
    """What the identities decide once the sure numbers stand.

    Sure are the numbers that were printed or confirmed and for which no explanation within the
    margin has another amount, and unsure readings from the probability `sure_from` on. All other
    cells are unknown, at least zero unless signed.
    """
    best = outcome.best
    if best is None or not outcome.component.equations:
        return Decided({}, frozenset())
    unsure = frozenset(
        cell
        for cell, pick in best.picks.items()
        if is_unsure_reading(pick) and sureness(outcome, pick) < sure_from
    )
    known = {
        cell: pick.amount
        for cell, pick in best.picks.items()
        if cell not in outcome.varying and cell not in unsure and _is_sure(pick)
    }
    equations, signed = outcome.component.equations, outcome.component.signed
    unknown = [cell for cell in best.picks if cell not in known]
    amounts = decided(equations, known, unknown, signed) or {}
    if not any(n or best.picks[c].slot.reading.observation is None for c, n in amounts.items()):
        return Decided(
            amounts, frozenset(), unsure
        )  # an empty cell that means zero needs no second proof
    standing = {cell: n for cell, n in known.items() if not best.picks[cell].is_change}
    unknown = [cell for cell in best.picks if cell not in standing]
    return Decided(amounts, confirmed_twice(equations, standing, unknown, signed), unsure)


def _is_sure(pick: Pick) -> bool:
    if pick.option.origin in (Origin.CORRECTION, Origin.CORRECTED_BLANK, Origin.MISREAD):
        return True
    return _is_printed(pick) and not pick.slot.is_open


def doubtful_cells(
    table: Table, lines: Iterable[Line], is_suspect: Callable[[str], bool]
) -> frozenset[str]:
    """The cells that left-out placements make unsure.

    A cell of an incomplete line is sure only if every cell of the line lies in an equation, and
    every equation that touches the line holds without anything changed, lost or ambiguous in it.
    Where such an equation has a change, the placement that was left out may be the better
    explanation, so the changed cells are unsure too.
    """
    doubtful: set[str] = set()
    for line in lines:
        if line.complete:
            continue
        cells = {reading.cell for reading in line.placements[0].readings}
        touching = [{c for _, c in e.terms} for e in table.equations]
        touching = [members for members in touching if members & cells]
        suspect = {cell for members in touching for cell in members if is_suspect(cell)}
        if suspect or not all(any(cell in members for members in touching) for cell in cells):
            doubtful |= suspect | cells
    return frozenset(doubtful)


def crossed_cells(outcome: Outcome, equations: Iterable[Equation], many: int) -> frozenset[str]:
    """The cells that several changes cast doubt on although they stand as printed.

    Where a printed number is changed, an explanation with one change more is not out of the
    question. Such an explanation shifts an amount between lines that have changes already, so it
    changes cells all of whose equations contain a changed number: where the row of one error
    crosses the column of another, or anywhere in a line whose cells have no other equation. From
    `many` changes on, numbers stand in wrong places rather than being misprinted, and every cell
    that shares an equation with a changed one is doubted.
    """
    changed = {
        cell
        for cell, pick in outcome.picks.items()
        if (pick.is_change or pick.slot.is_open) and _is_printed(pick)
    }
    if not changed:
        return frozenset()
    hit: dict[str, list[bool]] = {}
    for equation in equations:
        members = {cell for _, cell in equation.terms}
        for cell in members:
            hit.setdefault(cell, []).append(bool(changed & members))
    doubted = all if len(changed) < many else any
    return frozenset(cell for cell, hits in hit.items() if doubted(hits)) - changed


def _is_printed(pick: Pick) -> bool:
    observation = pick.slot.reading.observation
    return observation is not None and observation.value is not None
