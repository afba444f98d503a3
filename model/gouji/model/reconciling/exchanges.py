"""Exchanged numbers: two neighbours of a line, or of a column, each printed in the other's place.

Whoever copies by hand slips by a row or a column for a single number. Two sums are then off by the
same amount in opposite directions, and two changes elsewhere may seem to explain as much as the
exchange, which as one event is likelier. So where a table needs two changes or more, exchanges that
mend a sum are undone, up to two of them, and what is left is explained anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gouji.model.reconciling.identities import holds
from gouji.model.reconciling.problem import Component, Layout, Pair, Slot, Unit

_MOST_EXCHANGES = 2


@dataclass(frozen=True, slots=True)
class Undone:
    """A component in which the numbers of some pairs of cells have changed places."""

    component: Component
    pairs: tuple[Pair, ...]


def undo(component: Component) -> Iterator[Undone]:
    """The component with exchanges undone each of which mends a sum and breaks none.

    Both numbers stand where the likeliest placement of their line puts them, and the component
    that is given has no other for such a line.
    """
    seen: set[frozenset[Pair]] = set()
    latest = [Undone(component, ())]
    for _ in range(_MOST_EXCHANGES):
        latest = [after for before in latest for after in _mended(before)]
        latest = [undone for undone in latest if frozenset(undone.pairs) not in seen]
        seen.update(frozenset(undone.pairs) for undone in latest)
        yield from latest


def _mended(before: Undone) -> Iterator[Undone]:
    component = before.component
    slots = {slot.cell: slot for unit in component.units for slot in unit.layouts[0].slots}
    broken = _broken(component, component.base)
    touched = {cell for n in broken for _, cell in component.equations[n]}
    for one, other in component.neighbours:
        if not touched.issuperset((one, other)):
            continue
        if not (_has_number(slots[one]) and _has_number(slots[other])):
            continue
        exchanged = {one: component.base[other], other: component.base[one]}
        if _broken(component, {**component.base, **exchanged}) < broken:
            undone = _with_exchanged(component, slots[one], slots[other])
            yield Undone(undone, (*before.pairs, (one, other)))


def _has_number(slot: Slot) -> bool:
    observation = slot.reading.observation
    return not slot.is_open and observation is not None and observation.value is not None


def _broken(component: Component, amounts: Mapping[str, int | None]) -> frozenset[int]:
    verdicts = (holds(terms, amounts) for terms in component.equations)
    return frozenset(n for n, verdict in enumerate(verdicts) if verdict is False)


def _with_exchanged(component: Component, one: Slot, other: Slot) -> Component:
    exchanged = {
        one.cell: replace(one, options=other.options),
        other.cell: replace(other, options=one.options),
    }
    units = (
        _relaid(unit, exchanged) if exchanged.keys() & unit.cells else unit
        for unit in component.units
    )
    return replace(component, units=tuple(units))


def _relaid(unit: Unit, exchanged: Mapping[str, Slot]) -> Unit:
    slots = tuple(exchanged.get(slot.cell, slot) for slot in unit.layouts[0].slots)
    return replace(unit, layouts=(Layout(0, slots),))
