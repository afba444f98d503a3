"""The styles of the refill benchmark: ways to write the same numbers, and faults to put in.

No style touches a label. Zeros written as a mark or left out are still zeros in the gold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random

from gouji.model.form import Table
from gouji.model.mention import Number

Numbers = Mapping[str, Number]
"""Cell ids with numbers."""

Fault = Callable[[Mapping[str, Table], Numbers, Random], Numbers]
"""From the tables by id and the truth: the cells that show something else, and what they show.

No cells if the numbers leave no room for the fault.
"""

Respelling = Callable[[Mapping[str, str], Random], Mapping[str, str]]
"""From what all cells show: the cells that show the same number in another way, and how."""

_LOOK_ALIKES = {"0": "Oo", "1": "lI"}
_IN_LETTERS = 0.1  # how many of all numbers are written with letters
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
FOOTERS = ("- {page} -", "-{page}-", "第 {page} 页 共 {pages} 页", "第{page}页", "— {page} —")


def plain(number: Number) -> str:
    """The number in ASCII digits, without exponent and separators."""
    return format(Decimal(repr(number)), "f")


def full_width(number: Number) -> str:
    """The number in full-width digits."""
    return plain(number).translate(_FULL_WIDTH)


def thousands(number: Number) -> str:
    """The number with a comma between thousands."""
    return format(Decimal(repr(number)), ",f")


def torn(shown: Mapping[str, str], rng: Random) -> Mapping[str, str]:
    """One to five numbers with a blank somewhere between two of their characters."""
    long = [cell for cell, number in shown.items() if len(number) > 1]
    chosen = rng.sample(long, min(rng.randint(1, 5), len(long)))
    places = {cell: rng.randint(1, len(shown[cell]) - 1) for cell in chosen}
    return {cell: f"{shown[cell][:at]} {shown[cell][at:]}" for cell, at in places.items()}


def in_letters(shown: Mapping[str, str], rng: Random) -> Mapping[str, str]:
    """A tenth of the numbers, of those that hold 0 or 1, with letters for one or more of these."""
    able = [cell for cell, number in shown.items() if set(number) & _LOOK_ALIKES.keys()]
    chosen = rng.sample(able, min(round(_IN_LETTERS * len(shown)), len(able)))
    return {cell: _with_letters(shown[cell], rng) for cell in chosen}


def _with_letters(number: str, rng: Random) -> str:
    places = [i for i, char in enumerate(number) if char in _LOOK_ALIKES]
    replaced = rng.sample(places, rng.randint(1, len(places)))
    return "".join(
        rng.choice(_LOOK_ALIKES[char]) if i in replaced else char for i, char in enumerate(number)
    )


def footers(n_row_ends: int, rng: Random) -> Mapping[int, str]:
    """Two to five page footers of one kind by the number of the row end that they follow."""
    ends = sorted(rng.sample(range(n_row_ends), min(rng.randint(2, 5), n_row_ends)))
    footer, first = rng.choice(FOOTERS), rng.randint(1, 3)
    last = first + len(ends)
    return {end: footer.format(page=page, pages=last) for page, end in enumerate(ends, start=first)}


def one_line(text: str) -> str:
    """The text with a blank for every line break."""
    return text.replace("\n", " ")


def one_digit(table: str, tables: Mapping[str, Table], numbers: Numbers, rng: Random) -> Numbers:
    """One number of the table with one of its digits changed; its length stays."""
    filled = [cell.id for cell in tables[table].cells if numbers[cell.id] != 0]
    if not filled:
        return {}
    cell = rng.choice(filled)
    digits = plain(numbers[cell])
    place = rng.choice([index for index, char in enumerate(digits) if char.isdigit()])
    others = (
        set("0123456789") - {digits[place]} - ({"0"} if place == 0 < len(digits) - 1 else set())
    )
    return {cell: int(digits[:place] + rng.choice(sorted(others)) + digits[place + 1 :])}


def total_of_zero(
    table: str, tables: Mapping[str, Table], numbers: Numbers, rng: Random
) -> Numbers:
    """One total of the table printed 0 beside parts that are not zero."""
    totals = [
        equation.left[0]
        for equation in tables[table].equations
        if len(equation.left) == 1 and numbers[equation.left[0]] != 0
    ]
    return {rng.choice(totals): 0} if totals else {}


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is written.

    `spell` writes a number; `zero` is what stands for a zero, None if zeros are numbers like
    others. `insert` gives the lines to put in after printed rows, by the number of the row end.
    `finish` is applied to the whole text last. `fault` changes what cells show, `respell` how some
    cells show it.
    """

    spell: Callable[[Number], str] = plain
    zero: str | None = None
    insert: Callable[[int, Random], Mapping[int, str]] | None = None
    finish: Callable[[str], str] = str
    fault: Fault | None = None
    respell: Respelling | None = None


STYLES: Mapping[str, Style] = {
    "plain": Style(),
    "dash": Style(zero="-"),
    "slash": Style(zero="/"),
    "none": Style(zero="无"),
    "blank": Style(zero=""),
    "fullwidth": Style(spell=full_width),
    "thousands": Style(spell=thousands),
    "oneline": Style(finish=one_line),
    "footers": Style(insert=footers),
    "split": Style(respell=torn),
    "letters": Style(respell=in_letters),
    "onedigit": Style(fault=partial(one_digit, "requests")),
    "sourceerror": Style(fault=partial(total_of_zero, "disputes")),
}
"""Styles by name; a name holds no hyphen, it is the second part of a source's name."""

DEFAULT_STYLES = tuple(
    name for name, style in STYLES.items() if style.fault is None and style.respell is None
)
"""The nine styles that leave the numbers right and whole."""
