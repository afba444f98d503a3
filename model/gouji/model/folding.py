"""Folding: the form of a text under which labels are compared, with the way back.

Reports print one label in many dresses: half- or full-width, with blanks inside, in traditional
characters, with other punctuation. `fold` drops these differences and nothing else.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

from gouji.model.findings import Span


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origin[i]` is the index in the unfolded text of its character i."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The span of the unfolded text that folded characters start..end came from.

        Raises:
            ValueError: the range is empty.
        """
        if start >= end:
            raise ValueError("an empty range has no span")
        return self.origin[start], self.origin[end - 1] + 1


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1 << 16)
def fold_char(char: str) -> str:
    """The folded form of one character: letters, digits and Han characters, else nothing.

    Characters are normalised (NFKC, so full-width digits become ASCII and Kangxi radicals become
    the characters they stand for), traditional ones simplified, cases folded.

    >>> fold_char("Ａ"), fold_char("總"), fold_char("、"), fold_char("⑴")
    ('a', '总', '', '1')
    """
    kept = "".join(c for c in unicodedata.normalize("NFKC", char).casefold() if c.isalnum())
    return kept if kept.isascii() else str(_simplifier().convert(kept))


def fold(text: str, start: int = 0, end: int | None = None) -> Folded:
    """Fold text[start:end]; origins count from the beginning of `text`.

    >>> fold("（七） 總 計").text
    '七总计'
    """
    chars: list[str] = []
    origin: list[int] = []
    for index in range(start, len(text) if end is None else end):
        folded = fold_char(text[index])
        chars.append(folded)
        origin.extend([index] * len(folded))
    return Folded("".join(chars), tuple(origin))


@lru_cache(maxsize=1 << 12)
def fold_label(label: str) -> str:
    """The folded text of a short label, cached."""
    return fold(label).text
