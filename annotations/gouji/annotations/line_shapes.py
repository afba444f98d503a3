"""Line shapes: how a table is laid out on a page, whatever its words and numbers.

Words become one sign, numbers another; separators, blanks and line breaks stay. Two pages of one
layout then hold much the same n-grams of signs (Cavnar and Trenkle, N-Gram-Based Text
Categorization, 1994), whatever they report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from math import sqrt

from gouji.model.findings import Span

Profile = Mapping[str, float]
"""A weight for each n-gram of signs; the squares of the weights add up to 1."""

_LENGTHS = (1, 2, 3, 4)
_WORD, _NUMBER, _BLANK = "字", "9", " "


def shape_of(text: str) -> str:
    r"""The text as signs: runs of words, of digits and of blanks become one each.

    >>> shape_of("新收\t12\t 3 件\n")
    '字\t9\t 9 字\n'
    """
    return "".join(
        sign if sign in (_WORD, _NUMBER, _BLANK) else sign * len(list(run))
        for sign, run in groupby(map(_sign, text))
    )


def _sign(char: str) -> str:
    if char.isdecimal():
        return _NUMBER
    if char.isalpha():
        return _WORD
    return _BLANK if char.isspace() and char not in "\t\n" else char


def profile_of(text: str, spans: Iterable[Span]) -> Profile:
    """The n-grams of the lines from the first to the last of the spans; of all without spans."""
    ends = [end for span in spans for end in span]
    if ends:
        last = text.find("\n", max(ends))
        text = text[text.rfind("\n", 0, min(ends)) + 1 : len(text) if last < 0 else last]
    shape = shape_of(text)
    counts = Counter(
        shape[at : at + length] for length in _LENGTHS for at in range(len(shape) - length + 1)
    )
    total = sum(counts.values())
    return {gram: sqrt(n / total) for gram, n in counts.items()}


def distance(one: Profile, other: Profile) -> float:
    """How far apart two profiles are, from 0 (alike) to 1 (no n-gram in common)."""
    if len(one) > len(other):
        one, other = other, one
    shared = sum(weight * other.get(gram, 0.0) for gram, weight in one.items())
    return max(0.0, 1.0 - shared)
