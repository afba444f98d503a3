"""Gaps: what stands between two tokens, and the empty cells that it holds."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from gouji.model.findings import Span
from gouji.model.flattening import Flat
from gouji.model.separator import without_blanks

_BLANK_CLASSES = ("none", "1", "2", "4", "8", "16", "tab", "line", "2 lines", "3 lines", "cut")
N_BLANK_CLASSES = len(_BLANK_CLASSES) + 1
_MARKS = (
    "",
    "|",
    ",、，",
    ";；",
    ":：",
    "(（[【《〔“",
    ")）]】》〕”",
    ".．。",
    "-—–－~～",
    "/／",
    "%％",
    "'\"",
)
N_MARK_CLASSES = len(_MARKS) + 3  # not told, other, several
_OTHER, _SEVERAL = len(_MARKS) + 1, len(_MARKS) + 2
_MARK_CLASS = {mark: number for number, marks in enumerate(_MARKS, start=1) for mark in marks}
_WHITE = re.compile(r"\s+")
_MOST_LINES = 0.8  # share of the lines that print a separator at their edge if it is no cell


CUT = _BLANK_CLASSES.index("cut") + 1
"""The class of a gap in which text was left out, or that ends the text."""


@lru_cache(maxsize=1 << 14)
def blank_class(between: str) -> int:
    """The class of the white space in a gap, 1 to N_BLANK_CLASSES - 1.

    Line ends tell more than tabs, tabs more than blanks, of which the longest run counts.
    """
    if lines := between.count("\n"):
        return _BLANK_CLASSES.index("line") + min(lines, 3)
    if "\t" in between:
        return _BLANK_CLASSES.index("tab") + 1
    longest = max((len(run) for run in _WHITE.findall(between)), default=0)
    return 1 + min(longest.bit_length(), 5)


@lru_cache(maxsize=1 << 14)
def mark_class(between: str) -> int:
    """The class of the punctuation and separators in a gap, 1 to N_MARK_CLASSES - 1."""
    kinds = {_MARK_CLASS.get(c, _OTHER) for c in between if not c.isspace()}
    if not kinds:
        return 1
    return kinds.pop() if len(kinds) == 1 else _SEVERAL


def cells_before(gaps: Iterable[str], separator: str | None) -> list[int]:
    """For each gap the cells that end on its line up to what stands behind it.

    They end at separators, at blanks where `separator` is None. One that holds a line end parts no
    cells of a line.
    """
    counts: list[int] = []
    count = 0
    for gap in gaps:
        _, line_end, rest = gap.rpartition("\n")
        if line_end:
            count = 0
        if rest and separator is None:
            count += not line_end and _WHITE.search(rest) is not None
        elif rest and separator is not None:
            count += without_blanks(rest).count(separator)
        counts.append(count)
    return counts


def blank_cells(flat: Flat, gaps: Sequence[Span], separator: str) -> list[tuple[Span, ...]]:
    """For each gap the empty cells in it: the white space between two separators.

    Where the separator holds no line end, the edges of a line are separators too, unless most
    lines print one there.
    """
    if "\n" in separator:
        return [
            _between(_separators(flat.text, gap, separator)) if gap[1] - gap[0] > 1 else ()
            for gap in gaps
        ]
    edges = _printed_edges(flat, separator)
    return [_empty_in(flat.text, gap, separator, edges) if gap[1] > gap[0] else () for gap in gaps]


def _empty_in(text: str, gap: Span, separator: str, edges: tuple[bool, bool]) -> tuple[Span, ...]:
    opens, closes = edges
    ends = [at for at in range(*gap) if text[at] == "\n"]
    cells: list[Span] = []
    stretches = list(pairwise([gap[0] - 1, *ends, gap[1]]))
    for number, (before, after) in enumerate(stretches):
        borders = _separators(text, (before + 1, after), separator)
        if borders and number > 0 and not opens:
            borders.insert(0, (before + 1, before + 1))
        if borders and number < len(stretches) - 1 and not closes:
            borders.append((after, after))
        cells += _between(borders)
    return tuple(cells)


def _printed_edges(flat: Flat, separator: str) -> tuple[bool, bool]:
    """Whether lines with values open and close with a separator."""
    lines = [
        line.strip(" ")
        for line in flat.text[slice(*flat.span)].split("\n")
        if separator in line and any(map(str.isdigit, line))
    ]
    most = _MOST_LINES * len(lines)
    return (
        bool(lines) and sum(line.startswith(separator) for line in lines) >= most,
        bool(lines) and sum(line.endswith(separator) for line in lines) >= most,
    )


def _separators(text: str, gap: Span, separator: str) -> list[Span]:
    """Where the separator stands in a gap; blanks may stand within it."""
    places: list[Span] = []
    start, matched = gap[0], 0
    for at in range(*gap):
        char = text[at]
        if char == separator[matched]:
            start = at if matched == 0 else start
            matched += 1
            if matched == len(separator):
                places.append((start, at + 1))
                matched = 0
        elif char != " ":
            matched = 0
    return places


def _between(borders: Sequence[Span]) -> tuple[Span, ...]:
    return tuple((left[1], right[0]) for left, right in pairwise(borders))
