"""Numbers of a text as annotations list them: what a place spells, and the numbers around it."""

import re
from collections.abc import Iterator, Sequence

from gouji.model.annotation import CellMention
from gouji.model.findings import Span
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import NOTE, SIGN, UNIT, narrow, parse_numeral, respelled

_NUMBER = re.compile(
    rf"(?P<number>{SIGN}?\s*[0-9](?:[0-9,.\s]*[0-9])?)\s*(?:\(?{UNIT}\)?)?\s*(?:{NOTE})?"
)
_OTHER = re.compile(
    r"\d{1,3}(?:[,，]\d{3})+(?!\d)(?:[.．]\d+)?"
    r"|(?<!\d[.．])\d+[.．]\d+(?![.．]?\d)"  # a decimal; of 2022.01.29 no part is one
    r"|\d+"
)
_UNIT_AFTER = re.compile(rf"\s*\(?(?P<unit>{UNIT})")
_FACTORS = {("元", "万元"): (1, 10_000), ("万元", "元"): (10_000, 1)}


def printed_number(mention: CellMention) -> Number | None:
    """The number that a mention spells, also if it is torn or has letters for digits; else None."""
    numeral = parse_numeral("".join(mention.raw.split())) or respelled(mention.raw)
    return numeral.value if mention.kind is MentionKind.NUMBER and numeral else None


def number_span(text: str) -> Span:
    """The part of a cell's text that is labelled: the number without unit and remark, or all.

    >>> number_span(" 22（其中修订 16 件）"), number_span("251000元"), number_span(" / ")
    ((1, 3), (0, 6), (1, 2))
    """
    stripped = text.strip()
    first = text.index(stripped) if stripped else 0
    match = _NUMBER.fullmatch(narrow(stripped))
    return first, first + (match.end("number") if match else len(stripped))


def other_numbers(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """The numbers of the text outside the spans that are taken, in reading order.

    >>> list(other_numbers("2022年 1,204 件", [(0, 4)]))
    [(6, 11)]
    """
    start = 0
    for first, last in [*sorted(taken), (len(text), len(text))]:
        yield from (match.span() for match in _OTHER.finditer(text, start, first))
        start = max(start, last)


def unit_factor(text: str, end: int, unit: str | None) -> tuple[int, int]:
    """What turns the number that ends at `end` into the unit of its column: (times, divided by).

    >>> unit_factor("251000元", 6, "万元"), unit_factor("12件", 2, "万元")
    ((1, 10000), (1, 1))
    """
    match = _UNIT_AFTER.match(narrow(text[end : end + 8]))
    beside = match["unit"].replace("萬", "万") if match else ""
    return _FACTORS.get((beside, unit or ""), (1, 1))
