"""Bootstrap intervals of rates, with whole documents drawn anew.

The cells of one report are right or wrong together, so an interval that takes cells for independent
trials is too narrow. Drawing documents with replacement (Efron 1979; the cluster bootstrap) keeps
what belongs together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gouji.inference.rates import CONFIDENCE, upper_bound

SEED = 20080501  # any fixed number; the day the disclosure regulations came into force
N_RESAMPLES = 2000
_LEAST_DOCUMENTS = 2  # one document drawn anew is the same document


@dataclass(frozen=True, slots=True)
class Estimate:
    """`events` of `total` with a 95 % interval; None for an end that the data can't give."""

    events: int
    total: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The rate, or None where 0 of 0 leaves it undefined."""
        return self.events / self.total if self.total else None


def estimates(
    documents: Sequence[Mapping[str, int]], rates: Sequence[tuple[str, str]], seed: int = SEED
) -> tuple[Estimate, ...]:
    """For each (events, total), the rate over all documents and its 95 % interval.

    `documents` holds the counts of each document by name; a name that a document lacks counts 0.
    The interval is that of the percentiles over `N_RESAMPLES` draws; draws with a total of 0 leave
    a rate undefined and are left out. Without any event the interval is 0 to 3 / total (the rule of
    three), with nothing but events 1 - 3 / total to 1: there the bootstrap sees no variation.
    """
    names = sorted({name for rate in rates for name in rate})
    counts = np.array([[d.get(name, 0) for name in names] for d in documents], dtype=np.float64)
    counts = counts.reshape(len(documents), len(names))
    column = {name: index for index, name in enumerate(names)}
    sums = counts.sum(axis=0)
    drawn = _resampled_sums(counts, seed)
    return tuple(
        _estimate(
            (int(sums[column[events]]), int(sums[column[total]])),
            (drawn[:, column[events]], drawn[:, column[total]]),
        )
        for events, total in rates
    )


def _resampled_sums(counts: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """(resamples, names): the sums over as many documents as there are, drawn with replacement.

    Sums of whole numbers below 2**53 are exact, so they are the same on every machine.
    """
    n_documents = len(counts)
    if n_documents < _LEAST_DOCUMENTS:
        return np.empty((0, counts.shape[1]))
    rng = np.random.default_rng(seed)
    sums = np.empty((N_RESAMPLES, counts.shape[1]))
    for number in range(N_RESAMPLES):
        drawn = rng.integers(n_documents, size=n_documents)
        sums[number] = np.bincount(drawn, minlength=n_documents) @ counts
    return sums


def _estimate(
    sums: tuple[int, int], drawn: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> Estimate:
    events, total = sums
    if not total:
        return Estimate(events, total, None, None)
    if events == 0:
        return Estimate(0, total, 0.0, upper_bound(0, total))
    if events == total:
        return Estimate(events, total, 1 - upper_bound(0, total), 1.0)
    defined = drawn[1] > 0
    if not defined.any():
        return Estimate(events, total, None, None)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn[0][defined] / drawn[1][defined], (tail, 1 - tail))
    return Estimate(events, total, float(low), float(high))
