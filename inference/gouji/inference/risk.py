"""How far a confidence can be trusted: risk against coverage, and reliability."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 10

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The error rate (risk) among the surest share (coverage) of all results.

    `coverage` and `risk` run from the surest results to all of them, a point where the confidence
    changes; `aurc` is the mean risk over all coverages (Geifman and El-Yaniv 2017): lower is
    better.
    """

    n: int
    n_wrong: int
    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    aurc: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Results of like confidence: how many, their mean confidence and the share that is right."""

    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of rising confidence; `ece` is the expected calibration error over them.

    It is the mean, over all results, of the distance between a bin's confidence and accuracy
    (Naeini, Cooper and Hauskrecht 2015), here with bins of equal mass.
    """

    n: int
    bins: tuple[Bin, ...]
    ece: float


def risk_coverage(confidence: Sequence[float], right: Sequence[int]) -> RiskCoverage | None:
    """The curve over all results; None if there are none.

    Results of one confidence can't be told apart, so their errors are spread evenly over them: the
    mean over every order that they might be kept in.
    """
    if not len(confidence):
        return None
    scores, wrong = np.asarray(confidence, np.float64), ~np.asarray(right, bool)
    order = np.argsort(-scores, kind="stable")
    scores, wrong = scores[order], wrong[order]
    ends = np.append(np.flatnonzero(np.diff(scores)) + 1, len(scores))
    errors = np.cumsum(wrong)[ends - 1]
    kept = np.arange(1, len(scores) + 1)
    spread = np.interp(kept, np.append(0, ends), np.append(0, errors))
    return RiskCoverage(
        n=len(scores),
        n_wrong=int(errors[-1]),
        coverage=_floats(ends / len(scores)),
        risk=_floats(errors / ends),
        aurc=float(np.mean(spread / kept)),
    )


def reliability(confidence: Sequence[float], right: Sequence[int]) -> Reliability | None:
    """Up to `N_BINS` bins of equal mass; None if there are no results.

    Results of one confidence are never parted, so that their order does not matter; there are
    fewer bins where many of them share one.
    """
    if not len(confidence):
        return None
    scores, hits = np.asarray(confidence, np.float64), np.asarray(right, bool)
    order = np.argsort(scores, kind="stable")
    scores, hits = scores[order], hits[order]
    n = len(scores)
    tie_ends = np.append(np.flatnonzero(np.diff(scores)) + 1, n)
    wanted = np.arange(1, N_BINS + 1) * n / N_BINS
    # the largest end of a tie is n, as is the last wanted one, so each has an end at or behind it
    stops = np.unique(tie_ends[np.searchsorted(tie_ends, wanted - 1e-9)])
    starts = np.append(0, stops[:-1])
    bins = tuple(
        Bin(int(stop - start), float(scores[start:stop].mean()), float(hits[start:stop].mean()))
        for start, stop in zip(starts, stops, strict=True)
    )
    ece = sum(bin_.n * abs(bin_.accuracy - bin_.confidence) for bin_ in bins) / n
    return Reliability(n, bins, ece)


def _floats(values: _Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
