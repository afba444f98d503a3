"""Tokens: the numbers and marks that stand alone in a text, and the lines that are page furniture.

A number stands alone if nothing but blanks, cell boundaries and the ends of the text touch it:
`1.属于国家秘密` and `2022年` hold no such number, `| 12 |` does.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from gouji.model.findings import Span
from gouji.model.mention import MentionKind
from gouji.model.numerals import MARKS, Numeral, parse_numeral

_NOTE = r"(?:[ \t]*\([^()\n|]{1,40}\))?"
_UNIT = r"(?:[ ]?(?:万元|萬元|元|件|条|條|项|項|个|個|宗|次|篇))?"
_ALONE = re.compile(
    r"(?<![^\s|])(?:"
    rf"(?P<number>[+\-−增减減负負▲]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{_UNIT}{_NOTE})"
    rf"|(?P<mark>{'|'.join(sorted(map(re.escape, MARKS), key=len, reverse=True))})"
    r")(?![^\s|])"
)
_FURNITURE = re.compile(
    r"^[ \t]*(?:"
    r"[-—–－_·~]+[ \t]*\d{1,4}[ \t]*[-—–－_·~]+"  # - 3 -
    r"|page[ \t]*\d{1,4}(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?"
    r"|[ \t|]*:?-{2,}:?[ \t|:-]*\|[ \t|:-]*"  # the rule under the head of a Markdown table
    r")[ \t]*$"
    r"|第[ \t]*\d{1,4}[ \t]*页(?:[ \t,/]*共[ \t]*\d{1,4}[ \t]*页)?",
    re.MULTILINE | re.IGNORECASE,
)


BOUNDARY = frozenset(" \t\n|\u00a0\u3000")
"""The characters that may stand between two cells."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number or mark standing alone; `numeral` is None for marks."""

    span: Span
    raw: str
    kind: MentionKind
    numeral: Numeral | None


def narrow(text: str) -> str:
    """The text with full-width and compatibility characters replaced one for one.

    Characters that would become several stay, so every index means the same as before.

    >>> narrow("１２（３）")
    '12(3)'
    """
    if text.isascii():
        return text
    return "".join(
        c if c.isascii() or len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text
    )


def furniture(text: str) -> tuple[Span, ...]:
    """Spans of page numbers and table rules on lines of their own, `第 3 页 共 8 页` anywhere."""
    return tuple(match.span() for match in _FURNITURE.finditer(narrow(text)))


def find_tokens(text: str, start: int = 0, end: int | None = None) -> tuple[Token, ...]:
    """The numbers and marks that stand alone in text[start:end], in reading order."""
    end = len(text) if end is None else end
    return tuple(_tokens(text, start, end))


def _tokens(text: str, start: int, end: int) -> Iterator[Token]:
    part = narrow(text[start:end])
    for first, last in furniture(part):
        part = part[:first] + " " * (last - first) + part[last:]
    for match in _ALONE.finditer(part):
        first, last = match.start() + start, match.end() + start
        raw = text[first:last]
        if match["mark"]:
            yield Token((first, last), raw, MentionKind.MARK, None)
        else:
            yield Token((first, last), raw, MentionKind.NUMBER, parse_numeral(raw))
