"""Tokens: the numbers and marks that stand alone in a text, and the lines that are page furniture.

A number stands alone if nothing but blanks, cell boundaries and the ends of the text touch it:
`1.属于国家秘密` and `2022年` hold no such number, `| 12 |` does. Letters in the place of digits
(`l2`) make a number too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gouji.model.findings import Span
from gouji.model.mention import MentionKind
from gouji.model.numerals import (
    DIGITS,
    LOOSE_DIGITS,
    MARKS,
    NOTE,
    SIGN,
    UNIT,
    Numeral,
    narrow,
    parse_numeral,
    respelled,
)

_ODD = (
    r"(?:约|近|逾|超)[ ]?[0-9][0-9,.]*[万亿余多]?"  # 约5
    r"|[0-9][0-9,.]*(?:[万亿余多]元?|[①-⒛¹²³⁴-⁹]+)"  # 2.5万, 12②
    r"|[0-9]+(?:,[0-9]+)+"  # 1,23
    r"|\ufffd+"  # ink that spells nothing
)
_BEHIND = rf"(?:[ ]?{UNIT})?(?:[ ]*{NOTE})?"
_DIGIT = "[0-9OolI]"
_TORN = rf"{_DIGIT}+(?:[ ]+[.,][ ]*|[.,][ ]+){_DIGIT}[0-9OolI.,]*"  # 2. 5: no part stands alone
_LOOSE = (
    r"(?=[0-9OolI+\-−增减減负負▲])(?:"  # what it can begin with, for speed
    rf"{SIGN}?(?=[^0-9\s|]*[0-9]){LOOSE_DIGITS}{_BEHIND}"  # l2
    rf"|{SIGN}?{LOOSE_DIGITS}(?:[ ]?{UNIT}|(?![ ]+[^\W\d_OolI无無不]))"  # O, but no bullet
    r")"
)
_ALONE = re.compile(
    r"(?<![^\s|])(?:"
    rf"(?P<torn>{_TORN})"
    rf"|(?P<number>{SIGN}?{DIGITS}{_BEHIND})"
    rf"|(?P<odd>{_ODD})"
    rf"|(?P<loose>{_LOOSE})"
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
    """A number or mark standing alone; `numeral` is None for all but readable numbers.

    A numeral that `raw` does not spell as it stands is the one that it most likely means
    (`numerals.respelled`).
    """

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
    if match["torn"] or match["loose"]:
        numeral = respelled(raw)
    kind = MentionKind.NUMBER if numeral else MentionKind.UNREADABLE
    return Token(match.span(), raw, kind, numeral)


@lru_cache(maxsize=4)
def _narrowed(text: str) -> str:
    return narrow(text)


@lru_cache(maxsize=4)
def _without_furniture(text: str) -> str:
    return _FURNITURE.sub(lambda match: " " * len(match[0]), _narrowed(text))
