"""The search: the cheapest explanation of a component, and all that compete with it.

First a candidate is sought among the units that a cheap explanation can consist of; they are let
in by steps until there is one. Then the limit becomes its cost plus the margin. Only units within
reach of that limit are free (`gouji.model.reconciling.bounds` proves that the others can't
matter), and whatever else is found among them replaces the candidate or competes with it; if
there is nothing else, the candidate is proved to be the cheapest and alone. Where the equations
leave the free cells one amount each, or nothing is free at all, no solver is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gouji.model.reconciling.bounds import Bounder, Reach
from gouji.model.reconciling.budget import Budget, OutOfTime
from gouji.model.reconciling.identities import decided
from gouji.model.reconciling.outcome import Outcome, varying_cells
from gouji.model.reconciling.problem import (
    Component,
    Explanation,
    Pick,
    Unit,
    price,
)
from gouji.model.reconciling.settings import ReconcilingSettings

if TYPE_CHECKING:
    from gouji.model.reconciling.solver import Solver


class Search:
    """One component with equations, on its way to an outcome."""

    def __init__(
        self,
        component: Component,
        settings: ReconcilingSettings,
        budget: Budget,
        ceiling: int | None = None,
    ) -> None:
        """Explanations that cost the `ceiling` or more are of no interest, where there is one."""
        self.ceiling = ceiling
        self.component = component
        self.settings = settings
        self.budget = budget
        self.bounder = Bounder(component)
        self.found: list[Explanation] = []

    def run(self) -> Outcome:
        """The explanations within the margin; never raises for want of time."""
        cells = self.component.cells
        try:
            first = self._candidate()
        except OutOfTime as stopped:
            partial = () if stopped.found is None else (stopped.found,)
            return Outcome(self.component, partial, exhausted=False, unproved=cells)
        if first is None:
            return Outcome(self.component, ())
        self.found = [first]
        reach = self.bounder.reach(first.extra + self.settings.margin)
        if reach is None:
            raise AssertionError("an explanation costs less than its lower bound")
        try:
            exhausted, unproved = self._compete(reach), frozenset[str]()
        except OutOfTime as stopped:
            # What is out of reach is proved to matter in no competing explanation.
            exhausted, unproved = False, frozenset(self._comparable(reach))
            self._add(stopped.found)
        lower = self._lower(reach, unproved)
        found = tuple(self.found)
        return Outcome(self.component, found, varying_cells(found), exhausted, unproved, lower)

    def _candidate(self) -> Explanation | None:
        """An explanation, most often the cheapest; None if there is none at all.

        It is the cheapest within a reach that grows until it holds one. Cells that choose alone may
        spend anything there, so that its cost may lie beyond the limit of the reach.
        """
        step = self.settings.margin
        limit = self.bounder.floor + step
        top = 1 + sum(_most(unit) for unit in self.component.units)
        if self.ceiling is not None:
            top = min(top, self.ceiling)
        while self.bounder.floor < top:
            reach = self.bounder.reach(min(limit, top))
            found = self._candidate_within(reach, top) if reach else None
            if found is not None or limit > top:
                return found
            limit += step
            step *= 2
        return None

    def _candidate_within(self, reach: Reach, top: int) -> Explanation | None:
        amounts = self._settled(reach)
        if amounts is None:
            return None
        if amounts:
            return price(self.component.units, amounts)
        units = self.component.units
        spare = {n: s if len(units[n].layouts) > 1 else top for n, s in reach.spare.items()}
        return self._solver(Reach(top, spare, reach.lower)).cheapest()

    def _settled(self, reach: Reach) -> dict[str, int] | None:
        """All amounts if the equations leave the free cells one each.

        Empty if they leave more, None if they leave none.
        """
        free = [self.component.units[n] for n in reach.spare]
        if any(len(unit.layouts) > 1 for unit in free):
            return {}
        unknown = {cell for unit in free for cell in unit.cells}
        known = {
            cell: amount
            for cell, amount in self.component.base.items()
            if cell not in unknown and amount is not None
        }
        unknown = {cell for cell in self.component.base if cell not in known}
        amounts = decided(self.component.equations, known, unknown, self.component.signed)
        if amounts is None:
            return None
        return known | amounts if len(amounts) == len(unknown) else {}

    def _solver(self, reach: Reach) -> Solver:
        from gouji.model.reconciling.solver import Solver

        return Solver(self.component, reach, self.settings, self.budget)

    def _compete(self, reach: Reach) -> bool:
        """Find what competes with the best; whether all such explanations have been listed.

        Up to `max_explanations` are listed from the cheapest on. If there are more, the search
        goes on only until every cell is known to vary or proved not to.
        """
        cells = self._comparable(reach)
        if not cells or self._settled(reach):
            return True
        solver = self._solver(reach)
        latest = self.found[0]
        # The first candidate may cost more than what is found after it; it counts when reached.
        while sum(e.extra <= latest.extra for e in self.found) < self.settings.max_explanations:
            solver.exclude(latest, _closed(latest, cells))
            following = solver.cheapest()
            if following is None:
                return True
            latest = following
            self._add(latest)
            solver.limit(self.found[0].extra + self.settings.margin)
        varying = varying_cells(self.found)
        steady = [cell for cell in _closed(self.found[0], cells) if cell not in varying]
        while steady:
            following = solver.another(self.found[0], steady)
            if following is None:
                break
            self.found.append(following)
            varying = varying_cells((self.found[0], following))
            steady = [cell for cell in steady if cell not in varying]
        return False

    def _add(self, found: Explanation | None) -> None:
        """Keep an explanation in the fixed order, and only what is within the margin of the first.

        Between equal costs, fewer deviating cells come first, then those later in the form.
        """
        order = list(self.component.base)
        explanations = [*self.found, *([] if found is None else [found])]
        explanations.sort(key=lambda e: (e.extra, *_deviations(e, order)))
        within = explanations[0].extra + self.settings.margin
        self.found = [e for e in explanations if e.extra < within]

    def _comparable(self, reach: Reach) -> tuple[str, ...]:
        """The cells within reach that something was read for under one of their layouts."""
        units = [self.component.units[n] for n in reach.spare]
        slots = (slot for unit in units for layout in unit.layouts for slot in layout.slots)
        return tuple(dict.fromkeys(slot.cell for slot in slots if not slot.is_open))

    def _lower(self, reach: Reach, unproved: frozenset[str]) -> dict[str, int]:
        """What any explanation with another value for a cell, not listed, costs over the best.

        Cells that only the equations decide have no reading to be wrong about, and are left out.
        """
        best = self.found[0]
        lower = {}
        for n, unit in enumerate(self.component.units):
            far = 0 if n in reach.spare else reach.lower[n] - best.extra
            for cell in _closed(best, unit.cells):
                lower[cell] = 0 if cell in unproved else max(self.settings.margin, far)
        return lower


def _most(unit: Unit) -> int:
    """More than any choice of the unit costs."""
    return max(
        layout.extra + sum(slot.options[-1].extra for slot in layout.slots)
        for layout in unit.layouts
    )


def _deviations(explanation: Explanation, order: Sequence[str]) -> tuple[int, list[int]]:
    """How many cells are not taken as they read first, and where they lie, from the end."""
    places = [n for n, c in enumerate(reversed(order)) if _deviates(explanation.picks[c])]
    return len(places), places


def _deviates(pick: Pick) -> bool:
    return pick.option is not pick.slot.options[0]


def _closed(explanation: Explanation, cells: Iterable[str]) -> list[str]:
    """The cells for which the explanation takes something that was read."""
    return [cell for cell in cells if not explanation.picks[cell].slot.is_open]
