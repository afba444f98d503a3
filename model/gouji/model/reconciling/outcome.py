"""Outcomes: what a search knows about one component."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gouji.model.reconciling.joint import Joint
from gouji.model.reconciling.problem import Component, Explanation, Pick


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known about a component.

    `explanations` are those found within the margin, cheapest first; empty if none exists or none
    was found in time. `varying` are the cells for which they give different amounts, `unproved`
    those for which time ran out before other amounts could be ruled out. `exhausted` means that
    no further explanation with other values is within the margin. `lower` bounds, for each cell,
    what an explanation with another value that is not listed costs over the best. `joint` holds
    all placings where the lines of a sparse component were laid jointly; only the best of them is
    among the explanations.
    """

    component: Component
    explanations: tuple[Explanation, ...]
    varying: frozenset[str] = frozenset()
    exhausted: bool = True
    unproved: frozenset[str] = frozenset()
    lower: Mapping[str, int] = field(default_factory=dict)
    joint: Joint | None = None

    @property
    def best(self) -> Explanation | None:
        """The cheapest explanation, if there is one."""
        return self.explanations[0] if self.explanations else None

    @property
    def picks(self) -> Mapping[str, Pick]:
        """What is taken for each cell; the cheapest choices if there is no explanation.

        Cells that can't have any amount are left out.
        """
        if self.explanations:
            return self.explanations[0].picks
        slots = [s for u in self.component.units for layout in u.layouts[:1] for s in layout.slots]
        return {s.cell: Pick(s, s.options[0], s.options[0].amount or 0) for s in slots}


def varying_cells(explanations: Sequence[Explanation]) -> frozenset[str]:
    """The cells for which the first explanation and another disagree.

    A cell that the first leaves to the equations is not compared.
    """
    if not explanations:
        return frozenset()
    first, *others = explanations
    return frozenset(
        cell
        for cell, pick in first.picks.items()
        if not pick.slot.is_open
        and any(other.picks[cell].reads_as != pick.amount for other in others)
    )
