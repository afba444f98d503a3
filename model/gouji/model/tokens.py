"""Tokens: the numbers and marks that stand alone in a text, and the lines that are page furniture.

A number stands alone if nothing but blanks, cell boundaries and the ends of the text touch it:
`1.属于国家秘密` and `2022年` hold no such number, `| 12 |` does.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gouji.model.findings import Span
from gouji.model.mention import MentionKind
from gouji.model.numerals import (
    DIGITS,
    MARKS,
    NOTE,
    SIGN,
    UNIT,
    Numeral,
    narrow,
    parse_numeral,
)

_ODD = (
    r"(?:约|近|逾|超)[ ]?[0-9][0-9,.]*[万亿余多]?"  # 约5
    r"|[0-9][0-9,.]*(?:[万亿余多]元?|[①-⒛¹²³⁴-⁹]+)"  # 2.5万, 12②
    r"|[0-9]+(?:,[0-9]+)+"  # 1,23
)
_ALONE = re.compile(
    r"(?<![^\s|])(?:"
    rf"(?P<number>{SIGN}?{DIGITS}(?:[ ]?{UNIT})?(?:[ ]*{NOTE})?)"
    rf"|(?P<odd>{_ODD})"
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
    """A number or mark standing alone; `numeral` is None for all but readable numbers."""

    span: Span
    raw: str
    kind: MentionKind
    numeral: Numeral | None


def furniture(text: str, span: Span) -> tuple[Span, ...]:
    """Spans in text[span] of page numbers and table rules on lines of their own.

    `第 3 页 共 8 页` counts wherever it stands.
    """
    return tuple(match.span() for match in _FURNITURE.finditer(_narrowed(text), *span))


def find_tokens(text: str, span: Span) -> tuple[Token, ...]:
    """The numbers and marks that stand alone in text[span], in reading order.

    What is clearly meant for a number but spells none for sure (`约5`, `1,23`, `12②`) is a token of
    kind `unreadable`.
    """
    return tuple(_token(match, text) for match in _ALONE.finditer(_without_furniture(text), *span))


def _token(match: re.Match[str], text: str) -> Token:
    raw = text[slice(*match.span())]
    if match["mark"]:
        return Token(match.span(), raw, MentionKind.MARK, None)
    numeral = parse_numeral(raw) if match["number"] else None
    kind = MentionKind.NUMBER if numeral else MentionKind.UNREADABLE
    return Token(match.span(), raw, kind, numeral)


@lru_cache(maxsize=4)
def _narrowed(text: str) -> str:
    return narrow(text)


@lru_cache(maxsize=4)
def _without_furniture(text: str) -> str:
    return _FURNITURE.sub(lambda match: " " * len(match[0]), _narrowed(text))
