"""Numerals: what a number in a report spells, whatever way it is written."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from gouji.model.mention import Number

_SIGNS = {"+": 1, "-": -1, "增": 1, "减": -1, "減": -1, "负": -1, "負": -1, "−": -1, "▲": -1}
_NUMERAL = re.compile(
    r"(?P<sign>[+\-−增减減负負▲])?\s*"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)"
    r"(?P<decimals>\.\d+)?\s*"
    r"(?P<unit>万元|萬元|元|件|条|條|项|項|个|個|宗|次|篇)?\s*"
    r"(?P<note>\([^()]*\))?"
)
_UNITS = {"萬元": "万元", "條": "条", "項": "项", "個": "个"}
MARKS = frozenset("/-—–－─~*") | {"//", "--", "——", "无", "無", "不适用", "不適用", "n/a", "N/A"}
"""What is written into a cell to say that there is no number."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written: its value, a unit beside it, a remark in brackets behind it."""

    value: Number
    unit: str | None = None
    note: str | None = None


def exact(value: Decimal) -> Number:
    """The value as int if it is whole, else as the nearest float.

    >>> exact(Decimal("12.0")), exact(Decimal("2.02"))
    (12, 2.02)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def amount_of(value: Number, scale: int) -> int | None:
    """The value in smallest units, or None if it is no whole number of them.

    >>> amount_of(2.02, 10000), amount_of(1.5, 1)
    (20200, None)
    """
    scaled = Decimal(repr(value)) * scale
    return int(scaled) if scaled == scaled.to_integral_value() else None


def value_of(amount: int, scale: int) -> Number:
    """The inverse of `amount_of`.

    >>> value_of(20200, 10000), value_of(7, 1)
    (2.02, 7)
    """
    return exact(Decimal(amount) / scale)


def parse_numeral(raw: str) -> Numeral | None:
    """The number that the whole of `raw` spells, or None if it spells anything else.

    Full-width digits, thousands separators, signs in either script, units and a remark in
    brackets are understood.

    >>> parse_numeral("１，２３４")
    Numeral(value=1234, unit=None, note=None)
    >>> parse_numeral("减4"), parse_numeral("22（其中修订 16 件）").value
    (Numeral(value=-4, unit=None, note=None), 22)
    >>> parse_numeral("251000元").unit, parse_numeral("1.属于国家秘密")
    ('元', None)
    """
    match = _NUMERAL.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if not match:
        return None
    spelled = match["digits"].replace(",", "") + (match["decimals"] or "")
    value = Decimal(spelled) * _SIGNS.get(match["sign"] or "+", 1)
    unit = match["unit"]
    return Numeral(exact(value), _UNITS.get(unit, unit), match["note"])


def is_mark(raw: str) -> bool:
    """Whether `raw` is a mark that stands for no number, such as `/` or `无`.

    >>> is_mark(" — "), is_mark("无"), is_mark("0")
    (True, True, False)
    """
    return raw.strip() in MARKS
