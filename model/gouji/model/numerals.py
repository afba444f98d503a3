"""Numerals: what a number in a report spells, whatever way it is written."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from gouji.model.mention import Number

_SIGNS = {"+": 1, "-": -1, "增": 1, "减": -1, "減": -1, "负": -1, "負": -1, "−": -1, "▲": -1}
SIGN = r"(?:[+\-−增减減负負▲]|[减減负負][ ])"
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
LOOSE_DIGITS = DIGITS.replace("0-9", "0-9OolI")
UNIT = r"(?:万元|萬元|元|件|条|條|项|項|个|個|宗|次|篇)"
NOTE = r"\([^()\n|\t]{1,40}\)"
"""The parts of a numeral as regular expressions over narrowed text (see `narrow`).

In `LOOSE_DIGITS`, letters may stand in the place of the digits that they look like.
"""

_NUMERAL = re.compile(
    rf"(?P<sign>{SIGN})?(?P<digits>{DIGITS})[ ]?(?P<unit>{UNIT})?[ ]*(?P<note>{NOTE})?"
)
_TELLING_NOTE = re.compile(r"[减減负負增万萬亿億]")  # a remark that may change what is spelled
_LOOK_ALIKE = str.maketrans("OolI", "0011")
_TEAR = re.compile(r"(?<=[0-9.,])[\s|]+(?=[0-9.,])")
_LED_BY_ZERO = re.compile(r"\D*0[0-9]")
_MOST_DIGITS = 15  # what a float holds without loss
_UNITS = {"萬元": "万元", "條": "条", "項": "项", "個": "个"}
MARKS = frozenset("/-—–－─~*") | {"//", "--", "——", "无", "無", "不适用", "不適用", "n/a", "N/A"}
"""What is written into a cell to say that there is no number."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written: its value and a unit beside it."""

    value: Number
    unit: str | None = None


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


def narrow(text: str) -> str:
    """The text with full-width and compatibility characters replaced one for one.

    Characters that would become several stay, so every index means the same as before. So do
    characters that are digits only in a manner of speaking, such as `②` and `²`.

    >>> narrow("１２（３）②")
    '12(3)②'
    """
    return text if text.isascii() else "".join(map(_narrow_char, text))


@lru_cache(maxsize=1 << 14)
def _narrow_char(char: str) -> str:
    narrowed = unicodedata.normalize("NFKC", char)
    is_like_digit = char.isnumeric() and not char.isdecimal()
    return char if len(narrowed) != 1 or is_like_digit else narrowed


@lru_cache(maxsize=1 << 12)
def parse_numeral(raw: str) -> Numeral | None:
    """The number that the whole of `raw` spells, or None if it spells anything else.

    Full-width digits, thousands separators, signs in either script, units and a remark in
    brackets are understood. A remark that may change the number, and more digits than can be
    held exactly, make it unreadable.

    >>> parse_numeral("１，２３４")
    Numeral(value=1234, unit=None)
    >>> parse_numeral("减4"), parse_numeral("22（其中修订 16 件）").value
    (Numeral(value=-4, unit=None), 22)
    >>> parse_numeral("251000(元)").unit, parse_numeral("4（减）"), parse_numeral("1.属于国家秘密")
    ('元', None, None)
    """
    match = _NUMERAL.fullmatch(narrow(raw).strip())
    if not match:
        return None
    spelled = match["digits"].replace(",", "")
    note = (match["note"] or "").strip("() ")
    unit = match["unit"] or (note if re.fullmatch(UNIT, note) else None)
    is_unit = unit is not None and note == unit
    if len(spelled) > _MOST_DIGITS or (_TELLING_NOTE.search(note) and not is_unit):
        return None
    value = Decimal(spelled) * _SIGNS.get((match["sign"] or "+").strip(), 1)
    return Numeral(exact(value), _UNITS.get(unit, unit) if unit else None)


def respelled(raw: str) -> Numeral | None:
    """The number that `raw` most likely means, if it is no numeral but looks much like one.

    Two damages are undone: digits torn apart by blanks, line breaks or cell boundaries, and
    letters that look like 0 or 1. None if `raw` is a numeral as it stands, if it spells none even
    so, and if the number would begin with a spare zero: `0 4` is not 4 torn in two.

    >>> respelled("1 2"), respelled("lO件"), respelled("2. 5").value
    (Numeral(value=12, unit=None), Numeral(value=10, unit='件'), 2.5)
    >>> respelled("12"), respelled("0 4"), respelled("1 /")
    (None, None, None)
    """
    if parse_numeral(raw):
        return None
    spelled = _TEAR.sub("", _in_digits(raw))
    return None if _LED_BY_ZERO.match(spelled) else parse_numeral(spelled)


def is_torn(raw: str) -> bool:
    """Whether something parts the digits of `raw`, so that it may be two numbers as well.

    >>> is_torn("1 2"), is_torn("l O"), is_torn("12 件"), is_torn("l2")
    (True, True, False, False)
    """
    return _TEAR.search(_in_digits(raw)) is not None


def _in_digits(raw: str) -> str:
    return narrow(raw).strip().translate(_LOOK_ALIKE)


def is_mark(raw: str) -> bool:
    """Whether `raw` is a mark that stands for no number, such as `/` or `无`.

    >>> is_mark(" — "), is_mark("无"), is_mark("0")
    (True, True, False)
    """
    return raw.strip() in MARKS
