"""Joint placing: all lines of a component laid into their cells at once.

Where zeros are left out and cell boundaries are gone, the numbers of a line fit its cells in up to
twenty ways, and only all rows and columns together tell which one is meant. The sums that cross
lines tie them; `gouji.model.reconciling.chart` weighs every way in which all of these hold.

Cells keep their cheapest readings here. An explanation that gives one up costs `Joint.beyond` at
least, so that nothing left out competes with what costs less than that by the margin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gouji.model.reconciling.chart import Chart, Stage, Whole, fill, narrowed
from gouji.model.reconciling.identities import decided, holds
from gouji.model.reconciling.problem import Component, Explanation, Layout, Terms, Unit, price

_NEVER = 10**15
"""More than any explanation costs."""


@dataclass(frozen=True, slots=True)
class Joint:
    """All joint placings of a component.

    `best` is the cheapest one; of several equals, one that fills earlier cells. `shares` maps each
    cell of a line with a choice to its amounts and their probabilities over all placings; `rest` is
    what all placings but the best weigh together, relative to it, and `n_placings` how many there
    are. An explanation in which a cell does not take its cheapest reading costs at least `beyond`.
    Where there were too many states to keep, `shares` are of the placings that were found, and the
    cells that may yet have another amount are `unproved`.
    """

    best: Explanation
    shares: Mapping[str, Mapping[int, float]]
    rest: float
    n_placings: float
    beyond: int
    unproved: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to lay a line: its cost over the cheapest, and the amounts of its cells."""

    extra: int
    amounts: Mapping[str, int]


def place_jointly(component: Component, most: int) -> Joint | None:
    """Every way to lay all lines such that all sums hold; None if none is found.

    None too where no line has a choice, and where a cell has nothing that it could mean. From line
    to line at most `most` states of the sums are kept.
    """
    units = [unit for unit in component.units if len(unit.layouts) > 1]
    free = {cell for unit in units for cell in unit.cells}
    fixed = {c: n for c, n in component.base.items() if c not in free and n is not None}
    if not units or len(fixed) + len(free) < len(component.cells):
        return None
    ways = {unit.line: _ways(unit, component) for unit in units}
    settled = [t for t in component.equations if not _homes(t, units)]
    if not all(ways.values()) or any(holds(terms, fixed) is False for terms in settled):
        return None
    crossing = [t for t in component.equations if _is_crossing(t, units)]
    start = np.array([sum(w * fixed.get(c, 0) for w, c in t) for t in crossing], np.int64)
    stages = {unit.line: _stage(ways[unit.line], crossing) for unit in units}
    possible = narrowed(list(stages.values()), start)
    for (line, stage), mask in zip(stages.items(), possible, strict=True):
        ways[line] = [way for way, may in zip(ways[line], mask, strict=True) if may]
        stages[line] = Stage(stage.costs[mask], stage.effects[mask])
    if not all(ways.values()):
        return None
    order = _ordered(units, crossing, ways)
    chart = fill([stages[unit.line] for unit in order], start, most)
    return None if chart is None else _joint(component, fixed, order, ways, chart)


def _joint(
    component: Component,
    fixed: Mapping[str, int],
    order: Sequence[Unit],
    ways: Mapping[str, Sequence[_Way]],
    chart: Chart,
) -> Joint:
    amounts = dict(fixed)
    shares: dict[str, dict[int, float]] = {cell: {} for unit in order for cell in unit.cells}
    sure = set(fixed)
    for unit, taken, likely in zip(order, chart.cheapest(), chart.shares(), strict=True):
        amounts |= ways[unit.line][taken].amounts
        for way, p in zip(ways[unit.line], likely, strict=True):
            for cell, amount in way.amounts.items():
                shares[cell][amount] = shares[cell].get(amount, 0.0) + float(p)
        sure |= {cell for cell in unit.cells if chart.complete or len(shares[cell]) == 1}
    best = price(component.units, amounts)
    if best is None:
        raise AssertionError("a placing gives an amount that a cell can't have")
    unproved = component.cells - sure
    return Joint(best, shares, chart.rest, chart.n_ways, _beyond(component.units), unproved)


def _ways(unit: Unit, component: Component) -> list[_Way]:
    """The unit's layouts that satisfy the sums within it, each cell at its cheapest reading."""
    own = set(unit.cells)
    inner = [terms for terms in component.equations if own.issuperset(c for _, c in terms)]
    ways: dict[tuple[int, ...], _Way] = {}
    for layout in unit.layouts:
        amounts = _amounts(layout, inner, component)
        if amounts is not None:
            way = _Way(layout.extra, amounts)
            key = tuple(amounts[cell] for cell in unit.cells)
            ways[key] = min(way, ways.get(key, way), key=lambda way: way.extra)
    filled = {key: tuple(n for n, amount in enumerate(key) if amount) for key in ways}
    return [ways[key] for key in sorted(ways, key=lambda key: (filled[key], key))]


def _amounts(
    layout: Layout, inner: Sequence[Terms], component: Component
) -> Mapping[str, int] | None:
    """The amounts of the line, cells that nothing was read for as its own sums decide them."""
    read = {slot.cell: slot.options[0].amount for slot in layout.slots}
    known = {cell: amount for cell, amount in read.items() if amount is not None}
    lost = [cell for cell, amount in read.items() if amount is None]
    found = decided(inner, known, lost, component.signed)
    return known | found if found is not None and len(found) == len(lost) else None


def _is_crossing(terms: Terms, units: Sequence[Unit]) -> bool:
    """Whether an equation ties a line that has a choice to anything beside it."""
    homes = _homes(terms, units)
    return bool(homes) and not {cell for _, cell in terms}.issubset(homes[0].cells)


def _homes(terms: Terms, units: Sequence[Unit]) -> list[Unit]:
    cells = {cell for _, cell in terms}
    return [unit for unit in units if cells.intersection(unit.cells)]


def _ordered(
    units: Sequence[Unit], crossing: Sequence[Terms], ways: Mapping[str, Sequence[_Way]]
) -> list[Unit]:
    """The units such that sums close early: what is left of a sum to its last line is no choice."""
    waiting = [_homes(terms, units) for terms in crossing]
    order: list[Unit] = []
    while waiting:
        waiting = [[u for u in homes if u not in order] for homes in waiting]
        waiting = [homes for homes in waiting if homes]
        next_sum = min(waiting, key=len, default=[])
        order += sorted(next_sum, key=lambda u: -max(ways[u.line][0].amounts.values()))
    return order + [unit for unit in units if unit not in order]


def _stage(ways: Sequence[_Way], crossing: Sequence[Terms]) -> Stage:
    effects: list[Whole] = [
        np.array([sum(w * way.amounts.get(c, 0) for w, c in t) for t in crossing], np.int64)
        for way in ways
    ]
    return Stage(np.array([way.extra for way in ways], np.int64), np.array(effects))


def _beyond(units: Sequence[Unit]) -> int:
    """The least that any reading but a cell's cheapest costs more than it."""
    extras = [
        slot.options[1].extra
        for unit in units
        for layout in unit.layouts
        for slot in layout.slots
        if slot.options[1:]
    ]
    return min(extras, default=_NEVER)
