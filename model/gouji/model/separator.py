"""The separator of cells, read off a table itself: no layout is known beforehand."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from gouji.model.findings import Span
from gouji.model.tokens import BOUNDARY

_BLANKS = str.maketrans("", "", " \u00a0\u3000")
_COMMON = 0.25  # share of the most frequent gap that makes another one common


def cell_separator(text: str, marks: Iterable[Span]) -> str | None:
    """The string between two cells, blanks left out; None if there are blanks alone.

    The shortest of the common gaps, those with tabs or bars before those of line ends alone.
    Blanks alone part the cells only where they are more frequent than any gap with tabs or bars
    and not much rarer than any with line ends: fewer of them tear numbers apart.

    `marks` are the spans of values and column titles, in reading order.
    """
    gaps = Counter(
        gap
        for (_, start), (end, _) in pairwise(marks)
        if start <= end and set(text[start:end]) <= BOUNDARY
        for gap in [without_blanks(text[start:end])]
    )
    n_blanks = gaps.pop("", 0)
    most = max(gaps.values(), default=0)
    if n_blanks > max(most / 2, *(n for gap, n in gaps.items() if not _is_bare(gap)), 0):
        return None
    common = [gap for gap, count in gaps.items() if count >= _COMMON * most]
    order = sorted(common, key=lambda gap: (_is_bare(gap), len(gap), -gaps[gap], gap))
    return order[0] if order else None


def without_blanks(gap: str) -> str:
    """A gap as separators are told apart: blanks left out, tabs and line ends kept."""
    return gap.translate(_BLANKS)


def _is_bare(gap: str) -> bool:
    """Whether a gap holds line ends alone: where others hold tabs or bars, these part the cells."""
    return set(gap) == {"\n"}
