"""Rates with their 95 % bounds, so that no figure stands without saying how much it can mean."""

from dataclasses import dataclass
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
_NEGLIGIBLE = 1e-18
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` of `total`; `wanted` says whether more of them is better."""

    events: int
    total: int
    wanted: bool

    @property
    def value(self) -> float | None:
        """The rate, or None where 0 of 0 leaves it undefined."""
        return self.events / self.total if self.total else None

    @property
    def bound(self) -> float | None:
        """The one-sided 95 % bound on the bad side: the lowest rate if wanted, else the highest."""
        if not self.total:
            return None
        if self.wanted:
            return 1 - upper_bound(self.total - self.events, self.total)
        return upper_bound(self.events, self.total)

    def __str__(self) -> str:
        """The rate in per cent with its bound and the counts.

        >>> str(Rate(0, 1000, wanted=False)), str(Rate(0, 0, wanted=True))
        ('0.0000%（0/1000，95%上限 0.3000%）', 'undefined（0/0）')
        """
        if self.value is None or self.bound is None:
            return "undefined（0/0）"
        side = "下限" if self.wanted else "上限"
        return f"{self.value:.4%}（{self.events}/{self.total}，95%{side} {self.bound:.4%}）"


def upper_bound(events: int, total: int) -> float:
    """The highest rate that is compatible with so many events, at 95 % on one side.

    For no event it is 3 / total (the rule of three); otherwise the exact bound of Clopper and
    Pearson (1934), the rate at which so few events would be seen in one of twenty samples.

    >>> upper_bound(0, 600), upper_bound(5, 5), round(upper_bound(1, 100), 4)
    (0.005, 1.0, 0.0466)

    Raises:
        ValueError: there are no trials, or not 0 <= events <= total.
    """
    if not 0 <= events <= total or total == 0:
        raise ValueError(f"{events} events in {total} trials")
    if events == 0:
        return min(1.0, 3 / total)
    if events == total:
        return 1.0
    low, high = events / total, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(events, total, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, total: int, rate: float) -> float:
    """The binomial probability of at most so many events, for a rate above events / total.

    Above that rate the terms fall from the last one downwards, so the sum stops early.
    """
    term = exp(
        lgamma(total + 1)
        - lgamma(events + 1)
        - lgamma(total - events + 1)
        + events * log(rate)
        + (total - events) * log1p(-rate)
    )
    odds_against = (1 - rate) / rate
    sum_ = 0.0
    for count in range(events, -1, -1):
        sum_ += term
        if term <= _NEGLIGIBLE * sum_:
            break
        term *= count / (total - count + 1) * odds_against
    return sum_
