"""Identities put to numbers: what holds, and what unknown amounts they leave possible."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf

from gouji.model.reconciling.problem import Terms

_ROUNDS = 64
"""Rounds of propagation; stopping early only leaves amounts undecided that could be decided."""

Bounds = dict[str, tuple[float, float]]


def holds(terms: Terms, amounts: Mapping[str, int | None]) -> bool | None:
    """Whether the weighted amounts add up to zero; None (undecided) if one of them is None."""
    total = 0
    for weight, cell in terms:
        amount = amounts[cell]
        if amount is None:
            return None
        total += weight * amount
    return total == 0


def decided(
    equations: Sequence[Terms],
    known: Mapping[str, int],
    unknown: Iterable[str],
    signed: Collection[str],
) -> dict[str, int] | None:
    """The unknown cells for which known amounts and equations leave exactly one amount.

    Bounds are propagated to a fixpoint; cells that are not signed are at least zero. None if the
    equations contradict the known amounts.
    """
    bounds: Bounds = {cell: (-inf if cell in signed else 0, inf) for cell in unknown}
    waiting = [_reduced(terms, known) for terms in equations]
    for _ in range(_ROUNDS):
        changed = False
        for terms, rest in waiting:
            outcome = _narrow(terms, rest, bounds)
            if outcome is None:
                return None
            changed |= outcome
        if not changed:
            break
    return {cell: int(low) for cell, (low, high) in bounds.items() if low == high}


def confirmed_twice(
    equations: Sequence[Terms],
    known: Mapping[str, int],
    unknown: Collection[str],
    signed: Collection[str],
) -> frozenset[str]:
    """The unknown cells that stay decided whichever one equation is dropped."""
    telling = [terms for terms in equations if any(cell not in known for _, cell in terms)]
    sure = set(unknown)
    for dropped in range(len(telling)):
        rest = [terms for index, terms in enumerate(telling) if index != dropped]
        sure &= (decided(rest, known, unknown, signed) or {}).keys()
    return frozenset(sure)


def _reduced(terms: Terms, known: Mapping[str, int]) -> tuple[Terms, int]:
    """The unknown terms, and what the known ones add up to."""
    rest = sum(weight * known[cell] for weight, cell in terms if cell in known)
    return tuple((weight, cell) for weight, cell in terms if cell not in known), rest


def _narrow(terms: Terms, rest: int, bounds: Bounds) -> bool | None:
    """Tighten the bounds of one equation's cells; None if it can't hold, else whether any moved."""
    if not terms:
        return False if rest == 0 else None
    lows, highs = zip(*(_span(weight, bounds[cell]) for weight, cell in terms), strict=True)
    low, high = _Total.of(lows), _Total.of(highs)
    changed = False
    for n, (weight, cell) in enumerate(terms):
        # weight * amount = -rest - (sum of the others), which lies between these two
        narrowed = _intersect(
            bounds[cell], weight, -rest - high.without(highs[n]), -rest - low.without(lows[n])
        )
        if narrowed[0] > narrowed[1]:
            return None
        if narrowed != bounds[cell]:
            bounds[cell] = narrowed
            changed = True
    return changed


@dataclass(frozen=True, slots=True)
class _Total:
    """A sum that any one of its values can be taken out of again, infinite ones too."""

    finite: float
    infinite: int
    infinity: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "_Total":
        # Finite bounds are always int, so that large amounts stay exact.
        finite = [value for value in values if not isinf(value)]
        endless = [value for value in values if isinf(value)]
        return cls(sum(finite), len(endless), endless[0] if endless else 0)

    def without(self, value: float) -> float:
        if self.infinite - isinf(value) > 0:
            return self.infinity
        return self.finite - (0 if isinf(value) else value)


def _span(weight: int, bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = bounds[0] * weight, bounds[1] * weight
    return (low, high) if weight > 0 else (high, low)


def _intersect(
    bounds: tuple[float, float], weight: int, least: float, most: float
) -> tuple[float, float]:
    low, high = (least, most) if weight > 0 else (-most, -least)
    size = abs(weight)
    low = low if low == -inf else -(-low // size)
    high = high if high == inf else high // size
    return max(bounds[0], low), min(bounds[1], high)
