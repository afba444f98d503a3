"""Lower bounds: which units can take part in an explanation that costs less than a limit.

An explanation leaves most units at their cheapest choice and deviates in a few. Three facts bound
what a deviation costs, however large the table is:

* An equation that the cheapest choices violate holds only if one of its units deviates.
* An equation that they satisfy, and in which a single cell deviates, holds only if another of its
  units deviates too.
* A deviation of unit u costs at least `u.step`.

The least cost of a set of units that meets these demands is a covering problem. Any prices y >= 0
put on demands, such that the prices of the demands a unit can meet never exceed its step, add up
to a lower bound (weak duality of linear programming: the steps of the deviating units pay every
price at least once). With such prices on the violated equations, `slack` is what they leave of
each unit's step; an explanation with unit u costs at least the sum of all prices, plus u's slack,
plus, for every satisfied equation of u, the least slack among that equation's other units, as
long as those equations share no unit but u.

Units whose bound reaches the limit are fixed and the bounds are computed again without them, until
nothing changes: what is left out is proved not to matter, never guessed. Equations with an open
cell demand nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from gouji.model.reconciling.identities import holds
from gouji.model.reconciling.problem import Component

_NEVER = 10**15
"""More than any explanation costs."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an explanation cheaper than `limit` may consist of.

    `spare` maps the units that may deviate to the extra that each must stay below; `lower` bounds
    from below, for every unit, the extra of any explanation in which it deviates.
    """

    limit: int
    spare: dict[int, int]
    lower: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Demand:
    """An equation's units, as a set of bits too, and whether one of them must deviate."""

    units: tuple[int, ...]
    bits: int
    violated: bool


class Bounder:
    """Computes the reach of one component for any limit."""

    def __init__(self, component: Component) -> None:
        """Note which units each equation depends on, and which equations are violated.

        `floor` becomes a lower bound of every explanation's extra.
        """
        home = {cell: n for n, unit in enumerate(component.units) for cell in unit.cells}
        self.steps = tuple(_NEVER if u.step is None else u.step for u in component.units)
        self.open = frozenset(n for n, unit in enumerate(component.units) if unit.is_open)
        self.demands: list[_Demand] = []
        self.held_by: tuple[list[_Demand], ...] = tuple([] for _ in component.units)
        for terms in component.equations:
            verdict = holds(terms, component.base)
            if verdict is None:
                continue
            units = tuple(sorted({home[cell] for _, cell in terms}))
            demand = _Demand(units, sum(1 << n for n in units), not verdict)
            self.demands.append(demand)
            for n in units if verdict else ():
                # A line that deviates may leave an equation's sum as it is: it demands nothing.
                if len(component.units[n].cells) == 1:
                    self.held_by[n].append(demand)
        self._able = frozenset(n for n, step in enumerate(self.steps) if step < _NEVER)
        self._first = self._bounds(self._able)
        self.floor = self._first[0] if self._first else _NEVER

    def reach(self, limit: int) -> Reach | None:
        """The reach for explanations cheaper than the limit; None if there are surely none."""
        alive, bounds = self._able, self._first
        while True:
            if bounds is None or bounds[0] >= limit:
                return None
            least = bounds[1]
            kept = frozenset(n for n in alive if least[n] < limit or n in self.open)
            if kept == alive or not (kept or self.floor):
                break
            alive, bounds = kept, self._bounds(kept)
        first = self._first[1] if self._first else least
        return Reach(
            limit,
            {n: limit - least[n] + self.steps[n] for n in sorted(kept)},
            tuple(low if n in kept else max(low, limit) for n, low in enumerate(first)),
        )

    def _bounds(self, alive: frozenset[int]) -> tuple[int, list[int]] | None:
        """A bound for all explanations, and one for each unit's deviation; None if there is none.

        Prices depend on the order in which demands are priced; each order gives valid bounds, and
        the larger is kept.
        """
        violated = [d for d in self.demands if d.violated]
        floor, lower = 0, [0] * len(self.steps)
        for order in (violated, violated[::-1]) if violated else ([],):
            priced = self._price(order, alive)
            if priced is None:
                return None
            total, slack = priced
            floor = max(floor, total)
            lower = [max(a, b) for a, b in zip(lower, self._deviations(total, slack), strict=True)]
        return floor, lower

    def _price(
        self, order: Sequence[_Demand], alive: frozenset[int]
    ) -> tuple[int, list[int]] | None:
        slack = [step if n in alive else _NEVER for n, step in enumerate(self.steps)]
        total = 0
        for demand in order:
            units = [n for n in demand.units if n in alive]
            if not units:
                return None
            toll = min(slack[n] for n in units)
            total += toll
            for n in units if toll else ():
                slack[n] -= toll
        return total, slack

    def _deviations(self, total: int, slack: list[int]) -> list[int]:
        """For each unit the bound that its slack and its satisfied equations add to the total."""
        cheapest = {
            demand.bits: nsmallest(2, ((slack[n], n) for n in demand.units))
            for demand in self.demands
            if not demand.violated
        }
        lower = []
        for n, own in enumerate(slack):
            seen, bound = 1 << n, total + min(own, self.steps[n])
            for demand in self.held_by[n]:
                if demand.bits & seen == 1 << n:
                    seen |= demand.bits
                    others = [low for low, other in cheapest[demand.bits] if other != n]
                    bound += min(others, default=_NEVER)
            lower.append(min(bound, _NEVER))
        return lower
