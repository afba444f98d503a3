"""The problem as the search sees it: units that choose, and equations that must hold.

Costs are turned into *extras*, what a choice costs over the cheapest one, so that taking
everything as it reads first costs nothing. A unit chooses alone: a cell of a line with a single
placement, or a whole line with several. Every amount is in the cell's smallest unit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from gouji.model.form import Equation, Table
from gouji.model.reading import Line, Origin, Placement, Reading, TableReadings

LARGEST = 10**12
"""Amounts beyond this are no candidates: no table holds them, and sums stay within 64 bits."""


@dataclass(frozen=True, slots=True)
class Option:
    """An amount a slot may take; `amount` None means any amount that is not listed.

    `origin` None means that what stands there is wrong.
    """

    amount: int | None
    extra: int
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell under one layout, with its options from the cheapest (extra 0) up."""

    cell: str
    reading: Reading
    options: tuple[Option, ...]

    @property
    def is_open(self) -> bool:
        """Whether nothing was read that the cell could mean: only the equations can tell."""
        return self.options[0].amount is None

    def option_for(self, amount: int) -> Option | None:
        """The option that gives this amount, or None if the slot can't have it."""
        listed = (option for option in self.options if option.amount == amount)
        return next(listed, next((o for o in self.options if o.amount is None), None))


@dataclass(frozen=True, slots=True)
class Layout:
    """A placement of a unit, cheapest first, with its slots in reading order."""

    extra: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Unit:
    """What chooses one of its layouts, and in it one option a slot."""

    line: str
    layouts: tuple[Layout, ...]
    cells: tuple[str, ...]

    @cached_property
    def is_open(self) -> bool:
        """Whether the cheapest layout leaves a cell for the equations to decide."""
        return any(slot.is_open for slot in self.layouts[0].slots)

    @cached_property
    def step(self) -> int | None:
        """The least extra of choosing anything but the cheapest; None if there is nothing else.

        0 for an open unit, whose cheapest choice fixes no amount.
        """
        if self.is_open:
            return 0
        others = [layout.extra for layout in self.layouts[1:2]]
        others += [slot.options[1].extra for slot in self.layouts[0].slots if slot.options[1:]]
        return min(others, default=None)


Terms = tuple[tuple[int, str], ...]
"""Coefficients and cells whose weighted amounts add up to zero."""


Pair = tuple[str, str]
"""Two cells that stand side by side in a line, or one below the other in lines that follow."""


@dataclass(frozen=True)
class Component:
    """Units that equations tie together, apart from all others; both in the order of the form.

    Numbers of `neighbours` may have been exchanged. In a `sparse` component, lines leave their
    zeros out without a trace.
    """

    units: tuple[Unit, ...]
    equations: tuple[Terms, ...]
    signed: frozenset[str]
    neighbours: tuple[Pair, ...] = ()
    sparse: bool = False

    @cached_property
    def cells(self) -> frozenset[str]:
        """All cells of the units."""
        return frozenset(cell for unit in self.units for cell in unit.cells)

    @cached_property
    def base(self) -> Mapping[str, int | None]:
        """The amounts of the cheapest choices; None for open cells."""
        return {
            slot.cell: slot.options[0].amount
            for unit in self.units
            for slot in unit.layouts[0].slots
        }

    @cached_property
    def largest(self) -> int:
        """A bound for amounts that equations decide.

        Such an amount is a sum of others with coefficients of -1, 0 and 1 where tables add up
        along rows and columns, so the sum over all cells of their largest candidates bounds it.
        """
        tops: dict[str, int] = {}
        for unit in self.units:
            for slot in (slot for layout in unit.layouts for slot in layout.slots):
                amounts = [abs(o.amount) for o in slot.options if o.amount is not None]
                tops[slot.cell] = max(tops.get(slot.cell, 0), *amounts, 0)
        scale = max((abs(weight) for terms in self.equations for weight, _ in terms), default=1)
        return min(scale * max(1, sum(tops.values())), 1000 * LARGEST)


@dataclass(frozen=True, slots=True)
class Pick:
    """What an explanation takes for a cell; an option without origin is a change."""

    slot: Slot
    option: Option
    amount: int

    @property
    def reads_as(self) -> int | None:
        """The amount, or None where only the equations gave it."""
        return None if self.slot.is_open else self.amount

    @property
    def is_change(self) -> bool:
        """Whether what was read is given up for another amount."""
        return self.option.amount is None and not self.slot.is_open


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way in which everything adds up; `extra` is its cost over the cheapest choices.

    The numbers of the cells in `exchanged` were printed in each other's place.
    """

    extra: int
    picks: Mapping[str, Pick]
    exchanged: tuple[Pair, ...] = ()


def price(units: Iterable[Unit], amounts: Mapping[str, int]) -> Explanation | None:
    """The explanation by these amounts, or None if a cell can't have its amount.

    Each unit takes the cheapest of its layouts that gives it its amounts, so that amounts have one
    price however they were found.
    """
    extra = 0
    picks: dict[str, Pick] = {}
    for unit in units:
        priced = [p for p in (_picks(layout, amounts) for layout in unit.layouts) if p]
        if not priced:
            return None
        cost, best = min(priced, key=lambda pair: pair[0])
        extra += cost
        picks.update((pick.slot.cell, pick) for pick in best)
    return Explanation(extra, picks)


def _picks(layout: Layout, amounts: Mapping[str, int]) -> tuple[int, list[Pick]] | None:
    """What these amounts cost under the layout, and the options that give them."""
    cost = layout.extra
    picks = []
    for slot in layout.slots:
        option = slot.option_for(amounts[slot.cell])
        if option is None:
            return None
        cost += option.extra
        picks.append(Pick(slot, option, amounts[slot.cell]))
    return cost, picks


def terms_of(table: Table, equation: Equation) -> Terms:
    """The equation over smallest units; cells with fewer decimals weigh more."""
    scale = max(table.cell[cell].scale for _, cell in equation.terms)
    return tuple((sign * scale // table.cell[cell].scale, cell) for sign, cell in equation.terms)


def components(table: Table, readings: TableReadings) -> tuple[Component, ...]:
    """The independent parts of the table, in the order of their first cells."""
    equations = [terms_of(table, equation) for equation in table.equations]
    tied = {cell for terms in equations for _, cell in terms}
    signed = frozenset(cell.id for cell in table.cells if cell.column.signed)
    units = [u for line in readings.lines for u in _units(line, tied, signed)]
    home = _roots([*(u.cells for u in units), *([c for _, c in terms] for terms in equations)])
    parts: dict[str, tuple[list[Unit], list[Terms]]] = {}
    for unit in units:
        parts.setdefault(home[unit.cells[0]], ([], []))[0].append(unit)
    for terms in equations:
        parts[home[terms[0][1]]][1].append(terms)
    sparse = {line.id for line in readings.lines if line.sparse}
    beside: dict[str, list[Pair]] = {}
    for pair in table.neighbours:
        beside.setdefault(home[pair[0]], []).append(pair)
    return tuple(
        Component(
            tuple(u),
            tuple(e),
            signed,
            tuple(pair for pair in beside.get(name, ()) if home[pair[1]] == name),
            any(unit.line in sparse for unit in u),
        )
        for name, (u, e) in parts.items()
    )


def _units(line: Line, tied: set[str], signed: frozenset[str]) -> Iterator[Unit]:
    if len(line.placements) > 1:
        layouts = _layouts(line.placements, tied, signed)
        yield Unit(line.id, layouts, tuple(r.cell for r in line.placements[0].readings))
        return
    for reading in line.placements[0].readings:
        slot = _slot(reading, tied, signed)
        alone = (Layout(0, (slot,)),) if slot.options else ()
        yield Unit(line.id, alone, (reading.cell,))


def _layouts(
    placements: tuple[Placement, ...], tied: set[str], signed: frozenset[str]
) -> tuple[Layout, ...]:
    priced = []
    for placement in placements:
        slots = tuple(_slot(reading, tied, signed) for reading in placement.readings)
        if all(slot.options for slot in slots):
            cheapest = sum(_cheapest(reading, signed) for reading in placement.readings)
            priced.append((placement.cost + cheapest, slots))
    priced.sort(key=lambda pair: pair[0])
    return tuple(Layout(cost - priced[0][0], slots) for cost, slots in priced)


def _slot(reading: Reading, tied: set[str], signed: frozenset[str]) -> Slot:
    """The reading's options. Any other amount competes only where an equation can ask for it.

    A cell outside all equations that has candidates is therefore never changed: nothing could
    tell one amount from another.
    """
    options = [Option(amount, cost, origin) for amount, (cost, origin) in _known(reading, signed)]
    if reading.change_cost is not None and (reading.cell in tied or not options):
        options.append(Option(None, reading.change_cost, reading.change_origin))
    options.sort(key=lambda option: option.extra)
    return Slot(
        reading.cell,
        reading,
        tuple(Option(o.amount, o.extra - options[0].extra, o.origin) for o in options),
    )


def _known(reading: Reading, signed: frozenset[str]) -> Iterable[tuple[int, tuple[int, Origin]]]:
    """Candidate amounts with their cheapest price; none costs more than a change to it would."""
    known: dict[int, tuple[int, Origin]] = {}
    for candidate in reading.candidates:
        fits = candidate.amount >= 0 or reading.cell in signed
        if not fits or abs(candidate.amount) > LARGEST:
            continue
        cost = candidate.cost
        if reading.change_cost is not None:
            cost = min(cost, reading.change_cost)
        if candidate.amount not in known or cost < known[candidate.amount][0]:
            known[candidate.amount] = (cost, candidate.origin)
    return known.items()


def _cheapest(reading: Reading, signed: frozenset[str]) -> int:
    costs = [cost for _, (cost, _) in _known(reading, signed)]
    return min([*costs, *([] if reading.change_cost is None else [reading.change_cost])])


def _roots(groups: Iterable[Iterable[str]]) -> Mapping[str, str]:
    """For each name the representative of all names that it shares a chain of groups with."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group in groups:
        names = list(group)
        root(names[0])
        for left, right in pairwise(names):
            parent[root(right)] = root(left)
    return {name: root(name) for name in parent}
