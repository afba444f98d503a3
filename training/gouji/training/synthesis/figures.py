"""Figures: how a report writes its numbers, in tables and in prose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log
from random import Random

from gouji.model.form import Cell, Table
from gouji.model.mention import Number

_DIGITS = "〇一二三四五六七八九"
_MOST_CHINESE = 99  # numbers above are hardly ever spelled out in a report
_PLUS = ("+", "+", "增", "")
_MINUS = ("-", "-", "-", "减", "减")


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """What is drawn once for the numbers of a report.

    Separators in thousands in tables and in prose; the least number of `decimals` of amounts in
    tables, None for as many as needed; the signs of changes; the share of small numbers of the
    prose that are in Chinese numerals.
    """

    table_thousands: bool
    prose_thousands: bool
    decimals: int | None
    plus: str
    minus: str
    chinese_share: float


def draw_style(rng: Random) -> FigureStyle:
    """A style at random."""
    return FigureStyle(
        table_thousands=rng.random() < 0.08,
        prose_thousands=rng.random() < 0.05,
        decimals=rng.choices((None, 2, 4), (6, 1, 1))[0],
        plus=rng.choice(_PLUS),
        minus=rng.choice(_MINUS),
        chinese_share=rng.choices((0.0, 0.05, 0.5), (12, 6, 1))[0],
    )


def shown(
    tables: Sequence[Table], numbers: Mapping[str, Number], style: FigureStyle
) -> dict[str, str]:
    """The text of every cell of the tables."""
    return {
        cell.id: _cell_text(cell, numbers[cell.id], style)
        for table in tables
        for cell in table.cells
    }


def _cell_text(cell: Cell, number: Number, style: FigureStyle) -> str:
    sign = ""
    if cell.column.signed and number != 0:
        sign = style.plus if number > 0 else style.minus
    return sign + _unsigned(abs(number), cell.column.decimals, style)


def _unsigned(number: Number, decimals: int, style: FigureStyle) -> str:
    """The digits, with as many zeros behind the point as the style asks for and the cell allows."""
    separator = "," if style.table_thousands else ""
    if not decimals or (isinstance(number, int) and style.decimals is None):
        return f"{number:{separator}}"
    exact = f"{number:{separator}.{decimals}f}".rstrip("0").rstrip(".")
    whole, _, fraction = exact.partition(".")
    fraction = fraction.ljust(style.decimals or 0, "0")
    return f"{whole}.{fraction}" if fraction else whole


def drawn_count(most: int, rng: Random, least: int = 1) -> int:
    """A count between `least` and `most`, small ones as frequent as large ones."""
    return int(exp(rng.uniform(log(least), log(most + 1))))


def prose_text(number: Number, style: FigureStyle, rng: Random) -> str:
    """A number as it stands in a sentence."""
    if isinstance(number, int) and number <= _MOST_CHINESE and rng.random() < style.chinese_share:
        return chinese(number)
    return f"{number:,}" if style.prose_thousands else f"{number}"


def chinese(number: int) -> str:
    """A number below a hundred in Chinese numerals.

    >>> chinese(0), chinese(10), chinese(12), chinese(40), chinese(41)
    ('零', '十', '十二', '四十', '四十一')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones] if ones else "零"
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def chinese_year(year: int) -> str:
    """A year digit by digit.

    >>> chinese_year(2022)
    '二〇二二'
    """
    return "".join(_DIGITS[int(digit)] for digit in str(year))


def chinese_date(day: date) -> str:
    """A day in Chinese numerals.

    >>> chinese_date(date(2023, 1, 20))
    '二〇二三年一月二十日'
    """
    return f"{chinese_year(day.year)}年{chinese(day.month)}月{chinese(day.day)}日"
