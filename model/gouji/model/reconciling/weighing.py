"""Weighing: the kinds of explanations that a component may have, each looked for where it may be.

Most components are searched for the cheapest readings and changes (`search`). Lines without their
zeros are laid jointly (`joint`), and where numbers are given up, some may only have been exchanged
(`exchanges`).
"""

from collections.abc import Iterator
from dataclasses import replace

from gouji.model.reconciling.budget import Budget
from gouji.model.reconciling.exchanges import undo
from gouji.model.reconciling.joint import Joint, place_jointly
from gouji.model.reconciling.outcome import Outcome, varying_cells
from gouji.model.reconciling.problem import Component, Explanation, Layout, Unit, price
from gouji.model.reconciling.search import Search
from gouji.model.reconciling.settings import ReconcilingSettings

_FEWEST_CHANGES = 2
"""An exchange puts two sums off: what one change explains is none."""


def explain(component: Component, settings: ReconcilingSettings, budget: Budget) -> Outcome:
    """The best explanation of the component and its competitors; never raises for want of time."""
    if any(not unit.layouts for unit in component.units):
        return Outcome(component, ())
    if not component.equations:
        return _alone(component, component.units[0], settings)
    joint = place_jointly(component, settings.max_states) if component.sparse else None
    if joint is not None:
        return _placed(component, joint, settings)
    outcome = Search(component, settings, budget).run()
    best = outcome.best
    if best is None or outcome.unproved or _n_changes(best) < _FEWEST_CHANGES:
        return outcome
    return _with_exchanges(outcome, best, settings, budget)


def _n_changes(explanation: Explanation) -> int:
    return sum(pick.is_change for pick in explanation.picks.values())


def _with_exchanges(
    outcome: Outcome, best: Explanation, settings: ReconcilingSettings, budget: Budget
) -> Outcome:
    """The outcome with the explanations by which numbers were exchanged among the others."""
    component = outcome.component
    found = list(outcome.explanations)
    unproved, exhausted, varying = outcome.unproved, outcome.exhausted, set(outcome.varying)
    for undone in undo(component):
        price_of_pairs = len(undone.pairs) * settings.exchanged_cost
        ceiling = best.extra + settings.margin - price_of_pairs
        within = Search(undone.component, settings, budget, ceiling).run()
        unproved |= within.unproved
        exhausted = exhausted and within.exhausted
        for explanation in within.explanations:
            amounts = {cell: pick.amount for cell, pick in explanation.picks.items()}
            as_read = price(component.units, amounts)
            if as_read is not None:
                extra = explanation.extra + price_of_pairs
                found.append(Explanation(extra, as_read.picks, undone.pairs))
    if len(found) == len(outcome.explanations):
        return replace(outcome, unproved=unproved, exhausted=exhausted)
    found.sort(key=_extra)
    within_margin = found[0].extra + settings.margin
    listed: dict[tuple[int, ...], Explanation] = {}
    for explanation in found:
        if explanation.extra < within_margin:
            amounts_of = tuple(pick.amount for pick in explanation.picks.values())
            listed.setdefault(amounts_of, explanation)
    explanations = tuple(listed.values())
    if explanations[0].extra == best.extra:
        varying |= varying_cells(explanations)
    else:
        varying = set(varying_cells(explanations))
    return replace(
        outcome,
        explanations=explanations[: settings.max_explanations],
        varying=frozenset(varying),
        exhausted=exhausted and len(explanations) <= settings.max_explanations,
        unproved=unproved,
    )


def _placed(component: Component, joint: Joint, settings: ReconcilingSettings) -> Outcome:
    """The best joint placing; cells vary whose amount is not the same in nearly all of them.

    Nothing is proved if an explanation that gives up a reading may cost as little.
    """
    best = joint.best
    gap = joint.beyond - best.extra
    if gap < settings.margin:
        return Outcome(component, (best,), exhausted=False, unproved=component.cells, joint=joint)
    varying = frozenset(
        cell
        for cell, share in joint.shares.items()
        if share.get(best.picks[cell].amount, 0.0) < settings.review_below
    )
    return Outcome(
        component,
        (best,),
        varying,
        exhausted=not joint.unproved,
        unproved=joint.unproved,
        lower=dict.fromkeys(component.cells, gap),
        joint=joint,
    )


def _alone(component: Component, unit: Unit, settings: ReconcilingSettings) -> Outcome:
    """A unit that no equation touches: every choice stands, so its costs alone decide.

    A cell that varies at all varies in an explanation that deviates once from some layout's
    cheapest options, so these are the ones to look at. A cell that nothing was read for differs
    from one that was read as any number.
    """
    priced: dict[tuple[int | None, ...], Explanation] = {}
    for layout in unit.layouts:
        laid = replace(unit, layouts=(layout,))
        for amounts in _single(layout):
            explanation = price((laid,), amounts)
            if explanation is not None and explanation.extra < settings.margin:
                read = tuple(explanation.picks[cell].reads_as for cell in unit.cells)
                priced[read] = min(explanation, priced.get(read, explanation), key=_extra)
    found = sorted(priced.values(), key=_extra)
    lower = dict.fromkeys(unit.cells, max(settings.margin, settings.misprint_cost))
    varying = varying_cells(found)
    lower |= dict.fromkeys(varying, settings.margin)
    return Outcome(component, tuple(found), varying, lower=lower)


def _extra(explanation: Explanation) -> int:
    return explanation.extra


def _single(layout: Layout) -> Iterator[dict[str, int]]:
    """The layout's cheapest amounts, then each deviation of one cell from them."""
    cheapest = {slot.cell: slot.options[0].amount or 0 for slot in layout.slots}
    yield cheapest
    for slot in layout.slots:
        for option in slot.options[1:]:
            if option.amount is not None:
                yield {**cheapest, slot.cell: option.amount}
