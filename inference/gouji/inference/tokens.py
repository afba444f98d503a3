"""Tokens: the numbers and marks that stand alone in a text, and the lines that are page furniture.

A number stands alone if nothing but blanks, cell boundaries and the ends of the text touch it:
`1.属于国家秘密` and `2022年` hold no such number, `| 12 |` does.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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
    r"[-—–－_·~]+[ ]*\d{1,4}[ ]*[-—–－_·~]+"  # - 3 -
    r"|page[ ]*\d{1,4}(?:[ ]*(?:of|/)[ ]*\d{1,4})?"
    r"|[ \t|]*:?-{2,}:?[ \t|:-]*\|[ \t|:-]*"  # the rule under the head of a Markdown table
    r")[ \t]*$"
    r"|第[ ]*\d{1,4}[ ]*页(?:[ ,/]*共[ ]*\d{1,4}[ ]*页)?",
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


def furniture(text: str, span: Span) -> tuple[Span, ...]:
    """Spans in text[span] of page numbers and table rules on lines of their own.

    `第 3 页 共 8 页` counts wherever it stands.
    """
    return tuple(match.span() for match in _FURNITURE.finditer(_narrowed(text), *span))


def find_tokens(text: str, span: Span) -> tuple[Token, ...]:
    """The numbers and marks that stand alone in text[span], in reading order."""
    return tuple(
        Token(
            match.span(),
            text[slice(*match.span())],
            MentionKind.MARK if match["mark"] else MentionKind.NUMBER,
            None if match["mark"] else parse_numeral(match[0]),
        )
        for match in _ALONE.finditer(_without_furniture(text), *span)
    )


@lru_cache(maxsize=4)
def _narrowed(text: str) -> str:
    return narrow(text)


@lru_cache(maxsize=4)
def _without_furniture(text: str) -> str:
    return _FURNITURE.sub(lambda match: " " * len(match[0]), _narrowed(text))
