"""From outcomes to cell results: status, value, confidence, review, reason and alternatives."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import exp

from gouji.model.form import Cell, Equation, Table
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import value_of
from gouji.model.reading import Line, Observation, Origin, Reading
from gouji.model.reconciling import wording
from gouji.model.reconciling.certainty import (
    crossed_cells,
    decide,
    is_unsure_reading,
    outcome_confidence,
    reading_certainty,
    sureness,
    weights,
)
from gouji.model.reconciling.identities import holds
from gouji.model.reconciling.outcome import Outcome
from gouji.model.reconciling.problem import Pick, terms_of
from gouji.model.reconciling.settings import ReconcilingSettings
from gouji.model.reconciling.wording import Sentence
from gouji.model.report import Alternative, CellResult, Status

_WRONG = frozenset((Status.SOURCE_ERROR, Status.AMBIGUOUS))


class OutcomeExplainer:
    """Cell results of one component."""

    def __init__(self, table: Table, outcome: Outcome, settings: ReconcilingSettings) -> None:
        """Decide what only the identities can tell, and index the equations by cell."""
        self.table = table
        self.outcome = outcome
        self.settings = settings
        self.picks: Mapping[str, Pick] = outcome.picks
        self.decided = decide(outcome, settings.review_below)
        self.equations = [e for e in table.equations if e.left[0] in outcome.component.cells]
        self.as_read: dict[str, int | None] = dict.fromkeys(outcome.component.cells)
        self.as_read |= {c: p.slot.options[0].amount for c, p in self.picks.items()}
        self.broken = [e for e in self.equations if self._broken(e)]
        self.crossed = crossed_cells(outcome, self.equations, settings.many_changes)
        changes = wording.Changes(table)
        self.changes = [changes.sentence(e) for e in outcome.explanations]

    def result(self, cell: Cell) -> CellResult:
        """The result of one of the component's cells."""
        pick = self.picks.get(cell.id)
        if pick is None:
            return lost_cell(cell, None, wording.UNSOLVED)
        result = self._plain(cell, pick)
        if cell.id in self.outcome.unproved:
            return flagged(result, wording.OUT_OF_TIME)
        if not self.outcome.explanations:
            return flagged(result, wording.UNSOLVED)
        return flagged(result, wording.CROSSED) if cell.id in self.crossed else result

    def is_suspect(self, cell: str) -> bool:
        """Whether what was read is given up for the cell, or nothing decides it."""
        pick = self.picks.get(cell)
        if pick is None or cell in self.outcome.varying or self._deviates(cell):
            return True
        if not pick.slot.is_open:
            return cell in self.decided.unsure and cell not in self.decided.twice
        observation = pick.slot.reading.observation
        is_lost = observation is None or observation.kind is not MentionKind.UNREADABLE
        return cell not in (self.decided.amounts if is_lost else self.decided.twice)

    def _plain(self, cell: Cell, pick: Pick) -> CellResult:
        """The result as if the search had been able to prove everything."""
        outcome = self.outcome
        frame = _frame(cell, pick.slot.reading)
        unsolved = not outcome.explanations
        if unsolved and any(cell.id in (*e.left, *e.right) for e in self.broken):
            return replace(frame, status=Status.AMBIGUOUS)
        if pick.option.origin in (Origin.CORRECTION, Origin.CORRECTED_BLANK):
            confirmed = self._sure(frame, cell, pick, Status.CONFIRMED, wording.CONFIRMED)
            value = confirmed.value if pick.option.origin is Origin.CORRECTION else None
            return replace(confirmed, value=value, confidence=1.0, review=False)
        if cell.id in outcome.varying:
            return self._ambiguous(frame, cell)
        if pick.slot.is_open:
            return self._open(frame, cell, pick)
        if pick.slot.reading.observation is None:
            return self._unprinted(frame, cell, pick)
        if frame.printed is None and pick.option.origin is not Origin.MISREAD:
            return self._blank(frame, cell, pick)
        return self._number(frame, cell, pick)

    def _number(self, frame: CellResult, cell: Cell, pick: Pick) -> CellResult:
        observation = pick.slot.reading.observation
        origin = pick.option.origin
        if observation is not None and is_unsure_reading(pick):
            return self._respelled(frame, cell, pick, observation)
        if observation is None or origin in (None, Origin.MISREAD):
            status = Status.SOURCE_ERROR if origin is None else Status.REPAIRED
            result = self._sure(frame, cell, pick, status, self._why_changed(cell, pick))
            return replace(result, review=result.review or origin is None)
        if value_of(pick.amount, cell.scale) == observation.value:
            return self._sure(frame, cell, pick, Status.READ, ("", ""))
        return self._sure(frame, cell, pick, Status.CONVERTED, wording.converted(observation))

    def _respelled(
        self, frame: CellResult, cell: Cell, pick: Pick, observation: Observation
    ) -> CellResult:
        """The likeliest reading of torn or mixed digits: sure if the identities confirm it."""
        result = self._sure(frame, cell, pick, Status.REPAIRED, ("", ""))
        if result.review and cell.id in self.decided.twice:
            confidence = self.settings.inferred_twice * outcome_confidence(self.outcome)
            review = confidence < self.settings.review_below
            result = replace(result, confidence=confidence, review=review)
        value = value_of(pick.amount, cell.scale)
        zh, en = wording.respelled(observation, value, confirmed=not result.review)
        return replace(result, reason=zh, reason_en=en)

    def _sure(
        self, frame: CellResult, cell: Cell, pick: Pick, status: Status, reason: Sentence
    ) -> CellResult:
        confidence = sureness(self.outcome, pick)
        if frame.printed is not None and not self._equations_of(cell.id):
            confidence = min(confidence, reading_certainty(pick))
            unclear = confidence < self.settings.review_below
            reason = wording.UNCLEAR if unclear and reason == ("", "") else reason
        return replace(
            frame,
            value=value_of(pick.amount, cell.scale),
            status=status,
            confidence=confidence,
            review=confidence < self.settings.review_below,
            reason=reason[0],
            reason_en=reason[1],
        )

    def _blank(self, frame: CellResult, cell: Cell, pick: Pick) -> CellResult:
        """An empty cell or a mark: a value if the identities ask for one, else none."""
        observation = pick.slot.reading.observation
        held = wording.blank(observation) if observation else wording.NOT_FOUND
        if pick.amount or cell.id in self.decided.amounts:
            reason = wording.inferred(held, self._names(self._equations_of(cell.id)))
            result = self._sure(frame, cell, pick, Status.INFERRED, reason)
            return self._trusted(result) if pick.amount else result
        return replace(self._sure(frame, cell, pick, Status.BLANK, held), value=None)

    def _unprinted(self, frame: CellResult, cell: Cell, pick: Pick) -> CellResult:
        """A cell that left no trace where zeros are left out; the sums have a say in it."""
        reason = wording.inferred(wording.UNPRINTED, self._names(self._equations_of(cell.id)))
        result = self._sure(frame, cell, pick, Status.INFERRED, reason)
        return self._trusted(result) if pick.amount else result

    def _open(self, frame: CellResult, cell: Cell, pick: Pick) -> CellResult:
        """A cell that nothing usable was read for: the identities decide it or nothing does."""
        observation = pick.slot.reading.observation
        if cell.id not in self.decided.amounts:
            if observation and observation.kind is MentionKind.UNREADABLE:
                return lost_cell(cell, pick.slot.reading, wording.unreadable(observation))
            if observation and observation.value is None and not self._equations_of(cell.id):
                return self._blank(frame, cell, pick)
            return lost_cell(cell, pick.slot.reading, wording.NOT_FOUND)
        is_number = observation is not None and observation.value is not None
        held = wording.NO_NUMBER if observation is None else wording.blank(observation)
        reason = wording.inferred(held, self._names(self._equations_of(cell.id)))
        result = replace(
            frame,
            value=value_of(self.decided.amounts[cell.id], cell.scale),
            status=Status.SOURCE_ERROR if is_number else Status.INFERRED,
            confidence=outcome_confidence(self.outcome),
            review=is_number,
            reason=reason[0],
            reason_en=reason[1],
        )
        return self._trusted(result)

    def _trusted(self, result: CellResult) -> CellResult:
        """An inferred number: surer if it stays the same whichever one identity is dropped."""
        twice = result.id in self.decided.twice
        trust = self.settings.inferred_twice if twice else self.settings.inferred_once
        confidence = trust * result.confidence
        review = result.review or confidence < self.settings.review_below
        return replace(result, confidence=confidence, review=review)

    def _ambiguous(self, frame: CellResult, cell: Cell) -> CellResult:
        """The value of the first explanation, beside all values that compete, likeliest first."""
        explanations = self.outcome.explanations
        if self.outcome.joint is not None:
            return self._placed(frame, cell, self.outcome.joint.shares[cell.id])
        likely: dict[Number | None, float] = {}
        because: dict[Number | None, Sentence] = {}
        for n, weight in enumerate(weights(self.outcome)):
            value = self._stands_for(cell, explanations[n].picks[cell.id])
            likely[value] = likely.get(value, 0.0) + weight
            because.setdefault(value, self.changes[n])
        total = sum(likely.values()) + exp(-self.settings.margin / 1000)
        ranked = sorted(likely, key=lambda value: -likely[value])
        first = self._stands_for(cell, self.picks[cell.id])
        zh, en = wording.competing(ranked, more=not self.outcome.exhausted)
        return replace(
            frame,
            value=first,
            status=Status.AMBIGUOUS,
            confidence=likely[first] / total,
            reason=zh,
            reason_en=en,
            alternatives=tuple(Alternative(v, likely[v] / total, *because[v]) for v in ranked),
        )

    def _placed(self, frame: CellResult, cell: Cell, share: Mapping[int, float]) -> CellResult:
        """A cell that joint placings fill differently, with the likeliest of its values."""
        ranked = sorted(share, key=lambda amount: (-share[amount], amount))
        kept = ranked[: self.settings.max_explanations]
        values = [value_of(amount, cell.scale) for amount in kept]
        more = len(ranked) > len(kept) or cell.id in self.outcome.unproved
        zh, en = wording.competing(values, more=more)
        amount = self.picks[cell.id].amount
        return replace(
            frame,
            value=value_of(amount, cell.scale),
            status=Status.AMBIGUOUS,
            confidence=min(share[amount], 1.0),
            reason=zh,
            reason_en=en,
            alternatives=tuple(
                Alternative(value, min(share[n], 1.0), *wording.ELSEWHERE)
                for n, value in zip(kept, values, strict=True)
            ),
        )

    def _stands_for(self, cell: Cell, pick: Pick) -> Number | None:
        """The value under one explanation: none if nothing stands there and nothing counts it."""
        observation = pick.slot.reading.observation
        empty = observation is None or observation.value is None
        if pick.slot.is_open or (empty and not pick.amount and not self._equations_of(cell.id)):
            return None
        return value_of(pick.amount, cell.scale)

    def _why_changed(self, cell: Cell, pick: Pick) -> Sentence:
        """The violated equations of a changed cell, and whether it alone makes them hold."""
        mine = self._equations_of(cell.id)
        near = {other for e in mine for _, other in e.terms} - {cell.id}
        others = sum(1 for other in near if self._deviates(other))
        violated = [e for e in mine if e in self.broken]
        read = self.as_read[cell.id] or 0
        for pair in self.outcome.explanations[0].exchanged:
            if cell.id in pair:
                (other,) = set(pair) - {cell.id}
                return wording.exchanged(
                    wording.title(self.table.cell[other]), self._names(violated)
                )
        difference = value_of(abs(read - pick.amount), cell.scale)
        return wording.changed(difference, self._names(violated), others)

    def _deviates(self, cell: str) -> bool:
        pick = self.picks[cell]
        return not pick.slot.is_open and pick.amount != self.as_read[cell]

    def _broken(self, equation: Equation) -> bool:
        """Whether the equation fails for the numbers as they read first."""
        return holds(terms_of(self.table, equation), self.as_read) is False

    def _equations_of(self, cell: str) -> list[Equation]:
        return [e for e in self.equations if cell in e.left or cell in e.right]

    def _names(self, equations: Iterable[Equation]) -> list[Sentence]:
        return [wording.equation_name(self.table, equation) for equation in equations]


def shifted_cells(lines: Iterable[Line], results: Mapping[str, CellResult]) -> frozenset[str]:
    """The cells of lines without a number for each, in which one is wrong or disputed.

    Where a line has fewer numbers than cells, or more, an error in it may as well be a number that
    stands in the wrong column, and then its other numbers are in doubt with it. So are they where a
    shift was undone and the sums do not make sure of the cell that it left without a number.
    """
    doubtful: set[str] = set()
    for line in lines:
        cells = [reading.cell for reading in line.placements[0].readings]
        wrong = any(results[cell].status in _WRONG for cell in cells)
        last = results[cells[-1]]
        if line.pushed and last.span is None and last.review:
            doubtful.update(cells)
        uneven = line.crowded or any(results[cell].printed is None for cell in cells)
        if wrong and uneven and not (line.sparse and _are_placed(results, cells)):
            doubtful.update(cells)
    return frozenset(doubtful)


def _are_placed(results: Mapping[str, CellResult], cells: Iterable[str]) -> bool:
    """Whether nothing but places is in doubt in a line, and all of them were weighed."""
    return all(results[cell].status is not Status.SOURCE_ERROR for cell in cells)


def lost_cell(cell: Cell, reading: Reading | None, reason: Sentence) -> CellResult:
    """A cell for which there is no value: missing, for a person to look at."""
    frame = _frame(cell, reading)
    return replace(frame, reason=reason[0], reason_en=reason[1])


def _frame(cell: Cell, reading: Reading | None) -> CellResult:
    """What stands there, with no value yet."""
    observation: Observation | None = None if reading is None else reading.observation
    number = observation is not None and observation.kind is MentionKind.NUMBER
    return CellResult(
        id=cell.id,
        value=None,
        printed=observation.value if observation is not None and number else None,
        read=None if observation is None else observation.raw,
        status=Status.MISSING,
        confidence=0.0,
        review=True,
        span=None if observation is None else observation.span,
    )


def claimed(
    result: CellResult, line: Line, weakest: float, settings: ReconcilingSettings
) -> CellResult:
    """The result, no surer than that the numbers of its line belong to that line.

    The identities do not raise that certainty: exchanged lines with equal sums satisfy them too.
    A number inferred for a place where nothing was found is no surer than the `weakest` claim in
    the table: the line may have been taken for another one. What a person confirmed does not hang
    on it.
    """
    if result.status is Status.CONFIRMED:
        return result
    is_lost = result.status is Status.INFERRED and result.span is None
    claim = min(line.claim, weakest) if is_lost else line.claim
    limited = replace(result, confidence=min(result.confidence, claim))
    if claim >= settings.review_below:
        return limited
    return replace(flagged(limited, wording.UNCLAIMED), confidence=limited.confidence)


def flagged(result: CellResult, reason: Sentence) -> CellResult:
    """The result for a person to look at, for one reason more; a confirmed one needs no look."""
    if result.status is Status.CONFIRMED:
        return result
    zh = f"{result.reason}；{reason[0]}" if result.reason else reason[0]
    en = f"{result.reason_en}; {reason[1]}" if result.reason_en else reason[1]
    return replace(
        result, review=True, confidence=min(result.confidence, 0.5), reason=zh, reason_en=en
    )
