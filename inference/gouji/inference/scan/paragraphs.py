"""Paragraphs: which lines outside the tables go on with the line above them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from unicodedata import east_asian_width

from gouji.inference.readers.paragraphs import ENTRY
from gouji.inference.scan.geometry import Pixels

_WIDE = 0.65  # of the width of a page, from where on a line can be full
_ROOM = 2.0  # letters, the most room at the end of a line that goes on
_INDENT = 0.9  # of a letter, the most that a line that goes on is indented
_NEAR = 1.35  # of the usual step between lines, the most within a paragraph
_SAME_SIZE = 0.25
_NARROW = 0.5  # of a letter, the width of those that are not East Asian
_FEW = 4  # letters of a line that tell no size
_CLOSED = re.compile(r"[。；：！？;:!?.)）]$")
_TORN_BELOW = re.compile(r"[\d年月日]")  # behind a digit, the rest of a number or a date
_ENDED = re.compile(r"[。；：！？;:!?]$|(?:报告|年报)(?:[（(][^（()）]*[）)])?$")


@dataclass(frozen=True, slots=True)
class Written:
    """A line: what it says, and where, in pixels."""

    text: str
    box: Pixels

    @property
    def size(self) -> float | None:
        """The width of a letter; None if it has too few to tell."""
        n = sum(1 if east_asian_width(char) in "WFA" else _NARROW for char in self.text)
        return (self.box[2] - self.box[0]) / n if n >= _FEW else None


def going_on(lines: Sequence[Written | None], width: int) -> list[bool]:
    """For each line of a page of this width whether it goes on with the one before it.

    None stands for what is no line of words: a table, or words side by side. The line above one may
    be its heading, and so may any that is short and ends without a mark.
    """
    known = [line for line in lines if line is not None]
    ends = [line.box[2] for line in known if line.box[2] >= _WIDE * width]
    steps = [step for upper, lower in pairwise(known) if (step := _step(upper, lower)) > 0]
    if not ends or not steps:
        return [False] * len(lines)
    left, right, usual = min(line.box[0] for line in known), max(ends), median(steps)
    return [
        upper is not None
        and lower is not None
        and _is_full(upper, right)
        and not _ENDED.search(upper.text)
        and _begins_as_rest(upper, lower, left)
        and _step(upper, lower) <= _NEAR * usual
        and follower is not None
        and _ends_as_rest(upper, lower, right)
        for upper, lower, follower in zip(
            [None, *lines[:-1]], lines, [*lines[1:], lines[-1]], strict=True
        )
    ]


def _step(upper: Written, lower: Written) -> float:
    return (lower.box[1] + lower.box[3] - upper.box[1] - upper.box[3]) / 2


def _is_full(line: Written, right: float) -> bool:
    """Whether a line reaches the right margin."""
    return line.box[2] >= right - _ROOM * (line.size or 0.0)


def _begins_as_rest(upper: Written, lower: Written, left: float) -> bool:
    size, own = upper.size, lower.size
    return (
        size is not None
        and (own is None or abs(own - size) <= _SAME_SIZE * size)
        and lower.box[0] <= left + _INDENT * size
        and not ENTRY.match(lower.text)
    )


def _ends_as_rest(upper: Written, lower: Written, right: float) -> bool:
    """Whether a line ends as a paragraph does, or goes on itself; a heading does neither."""
    is_torn = upper.text[-1].isdigit() and _TORN_BELOW.match(lower.text) is not None
    return is_torn or _is_full(lower, right) or _CLOSED.search(lower.text) is not None
