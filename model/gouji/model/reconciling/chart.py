"""The chart: all ways to take one option of each stage such that every sum comes out at zero.

Stages are taken one after another. A state is what the options taken so far add up to; options that
lead to the same state are joined, so that all ways are counted and weighed, and the cheapest kept,
without spelling any out. States that the stages to come can't bring to zero are dropped. Where the
states become too many, a part of them is carried on: what is found then is a way, but others may be
better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

_PER_NAT = 1000.0
"""Costs are this many times a negative natural logarithm."""
_MULTIPLIERS = np.random.default_rng(1).integers(2**62, size=1024, dtype=np.int64) * 2 + 1


@dataclass(frozen=True, slots=True)
class Stage:
    """Options to choose from: `costs` of shape (options), `effects` of shape (options, sums)."""

    costs: Whole
    effects: Whole


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one stage: from a state, by an option, to a state of the next stage."""

    source: Whole
    option: Whole
    target: Whole


@dataclass(frozen=True, slots=True)
class Chart:
    """A filled chart: for every stage its moves, and for every state before it the least cost.

    `least` and `weights` have one more entry than there are stages, for the state after the last;
    `weights` are logarithms of what all ways to a state weigh together, `counts` how many they are.
    If the chart is not `complete`, there are ways that it does not hold.
    """

    stages: tuple[Stage, ...]
    moves: tuple[Moves, ...]
    least: tuple[Whole, ...]
    weights: tuple[Real, ...]
    counts: tuple[Real, ...]
    complete: bool

    @property
    def cost(self) -> int:
        """What the cheapest way costs."""
        return int(self.least[-1][0])

    @property
    def n_ways(self) -> float:
        """How many ways there are (exact up to 2**53)."""
        return float(self.counts[-1][0])

    @property
    def rest(self) -> float:
        """The weight of all ways but the cheapest, relative to it."""
        return max(0.0, float(np.exp(self.weights[-1][0] + self.cost / _PER_NAT)) - 1)

    def cheapest(self) -> list[int]:
        """The option taken at each stage of the cheapest way; of equals, the earlier option."""
        state, taken = 0, []
        for n in reversed(range(len(self.stages))):
            moves = self.moves[n]
            here = np.flatnonzero(moves.target == state)
            costs = self.least[n][moves.source[here]] + self.stages[n].costs[moves.option[here]]
            tied = here[costs == costs.min()]
            move = tied[np.lexsort((moves.source[tied], moves.option[tied]))[0]]
            taken.append(int(moves.option[move]))
            state = int(moves.source[move])
        return taken[::-1]

    def shares(self) -> list[Real]:
        """For each stage the probability of each of its options, over all ways."""
        shares: list[Real] = []
        after = np.zeros(1)
        for n in reversed(range(len(self.stages))):
            stage, moves = self.stages[n], self.moves[n]
            onward = after[moves.target] - stage.costs[moves.option] / _PER_NAT
            through = self.weights[n][moves.source] + onward - self.weights[-1][0]
            likely = np.bincount(moves.option, np.exp(through), minlength=len(stage.costs))
            shares.append(likely.astype(np.float64))
            after = _joined(onward, moves.source, len(self.weights[n]))
        return shares[::-1]


def narrowed(stages: Sequence[Stage], start: Whole) -> list[NDArray[np.bool_]]:
    """For each stage which of its options some way may take, as far as ranges tell.

    An option is ruled out if, in one of the sums, no choice of the other stages can make up for it.
    """
    open_ = [np.ones(len(stage.costs), bool) for stage in stages]
    while all(mask.any() for mask in open_):
        low = [s.effects[mask].min(axis=0) for s, mask in zip(stages, open_, strict=True)]
        high = [s.effects[mask].max(axis=0) for s, mask in zip(stages, open_, strict=True)]
        least, most = start + sum(low), start + sum(high)
        narrower = [
            mask
            & (s.effects + (least - a) <= 0).all(axis=1)
            & (s.effects + (most - b) >= 0).all(axis=1)
            for s, mask, a, b in zip(stages, open_, low, high, strict=True)
        ]
        if all((a == b).all() for a, b in zip(open_, narrower, strict=True)):
            break
        open_ = narrower
    return open_


def fill(stages: Sequence[Stage], start: Whole, most: int) -> Chart | None:
    """The chart of the ways from `start` (shape (sums)) to zero; None if it holds none.

    After each stage at most `most` states are carried on, chosen without regard to what they are.
    """
    low, high = _ranges(stages, len(start))
    states, complete = start[None, :], True
    open_sums = np.arange(len(start))
    least, weights, counts = np.zeros(1, np.int64), np.zeros(1), np.ones(1)
    moves: list[Moves] = []
    before: list[tuple[Whole, Real, Real]] = []
    for n, stage in enumerate(stages):
        before.append((least, weights, counts))
        source = np.repeat(np.arange(len(states)), len(stage.costs))
        option = np.tile(np.arange(len(stage.costs)), len(states))
        reached = states[source] + stage.effects[:, open_sums][option]
        to_come = low[n + 1][open_sums], high[n + 1][open_sums]
        able = ((reached + to_come[0] <= 0) & (reached + to_come[1] >= 0)).all(axis=1)
        waiting = np.flatnonzero((to_come[0] != 0) | (to_come[1] != 0))
        open_sums = open_sums[waiting]
        source, option, reached = source[able], option[able], reached[able][:, waiting]
        if not len(reached):
            return None
        states, target = _distinct(reached)
        if len(states) > most:
            states, kept, complete = states[:most], target < most, False
            source, option, target = source[kept], option[kept], target[kept]
        moves.append(Moves(source, option, target))
        cost = stage.costs[option]
        reached_at = least[source] + cost
        least = np.full(len(states), np.iinfo(np.int64).max)
        np.minimum.at(least, target, reached_at)
        weights = _joined(weights[source] - cost / _PER_NAT, target, len(states))
        counts = np.bincount(target, counts[source], len(states)).astype(np.float64)
    entries = zip(*before, (least, weights, counts), strict=True)
    leasts, weighed, counted = (tuple(entry) for entry in entries)
    return Chart(tuple(stages), tuple(moves), leasts, weighed, counted, complete)


def _ranges(stages: Sequence[Stage], n_sums: int) -> tuple[list[Whole], list[Whole]]:
    """What the stages from each one on can add to every sum, at least and at most."""
    low, high = [np.zeros(n_sums, np.int64)], [np.zeros(n_sums, np.int64)]
    for stage in reversed(stages):
        low.append(low[-1] + stage.effects.min(axis=0))
        high.append(high[-1] + stage.effects.max(axis=0))
    return low[::-1], high[::-1]


def _distinct(rows: Whole) -> tuple[Whole, Whole]:
    """The different rows in an order like chance, and for each row which of them it is."""
    with np.errstate(over="ignore"):
        keys = rows @ _MULTIPLIERS[: rows.shape[1]]
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if (rows[first][which] == rows).all():
        return rows[first], which
    distinct, which = np.unique(rows, axis=0, return_inverse=True)
    return distinct, which.reshape(-1)


def _joined(weights: Real, target: Whole, n: int) -> Real:
    """The logarithm of the sum of the exponentials of all weights with the same target.

    Minus infinity for a target that nothing leads to, or nothing but such weights.
    """
    top = np.full(n, -np.inf)
    np.maximum.at(top, target, weights)
    top[np.isinf(top)] = 0.0
    total = np.bincount(target, np.exp(weights - top[target]), minlength=n)
    joined: Real = np.log(total, out=np.full(n, -np.inf), where=total > 0) + top
    return joined
