"""Rates with their intervals, and counts, as they stand in the tables of the page."""

from collections.abc import Iterable, Mapping, Sequence

from gouji.inference.bootstrap import Estimate, estimates
from gouji.inference.evaluation_page.markup import Html, tag, text

RATES: Mapping[str, tuple[str, str]] = {
    "非零单元格正确": ("nonzero_right", "nonzero"),
    "整份全对": ("exact", "docs"),
    "可直接使用": ("accepted", "docs"),
    "可用而有错": ("accepted_wrong", "accepted"),
    "错而未标": ("silent", "cells"),
    "标记核对": ("flagged", "cells"),
}
"""The columns that every comparison on the page has: title to (events, total)."""

BEFORE_RECONCILING = ("非零单元格正确", "整份全对")
"""Those that mean something where nothing is flagged and no verdict given."""

UNDEFINED = "—"
_LEAST_DIGITS, _MOST_DIGITS = 2, 6


def percent(share: float | None) -> str:
    """The share in per cent; with as many digits as keep it apart from 0 and from 100 %.

    >>> percent(0.5), percent(0.99999), percent(1), percent(None)
    ('50.00%', '99.999%', '100%', '—')
    """
    if share is None:
        return UNDEFINED
    if share in (0, 1):
        return f"{share:.0%}"
    for digits in range(_LEAST_DIGITS, _MOST_DIGITS):
        shown = f"{share:.{digits}%}"
        if float(shown[:-1]) not in (0.0, 100.0):
            return shown
    return f"{share:.{_MOST_DIGITS}%}"


def rated(documents: Sequence[Mapping[str, int]]) -> dict[str, Estimate]:
    """Every rate of `RATES` over the documents, by title."""
    return dict(zip(RATES, estimates(documents, tuple(RATES.values())), strict=True))


def estimate_cell(estimate: Estimate | None) -> Html:
    """A table cell: the rate, below it the interval and the counts it was made from."""
    if estimate is None or estimate.value is None:
        why = "不适用" if estimate is None else "0/0"
        return tag("td", tag("b", UNDEFINED), tag("small", why), class_="n")
    ends = (estimate.low, estimate.high)
    interval = "区间无从估计" if None in ends else f"{percent(ends[0])} – {percent(ends[1])}"
    counts = f"{estimate.events:,}/{estimate.total:,}"
    return tag(
        "td", tag("b", percent(estimate.value)), tag("small", interval), tag("small", counts),
        class_="n",
    )  # fmt: skip


def count_cell(count: int) -> Html:
    """A table cell that holds a number."""
    return tag("td", f"{count:,}", class_="n")


def paragraphs(lines: Iterable[str]) -> Html:
    """Each line as a paragraph of explanation."""
    return text(Html("".join(tag("p", line, class_="note") for line in lines)))
