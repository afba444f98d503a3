"""The number law: random but consistent numbers for the tables of a form, and misprints of them.

A report has a scale, log-uniform from 1 to 3,000, and 10 to 70 % of its cells are not zero. Most
amounts are log-uniform up to the scale, so small integers are frequent; a few run to eight digits.
Every identity holds exactly.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import exp, log
from random import Random

from gouji.model.form import Cell, Equation, Table
from gouji.model.mention import Number
from gouji.model.numerals import value_of

Amounts = Mapping[str, int]
"""Cell ids with amounts in the cell's smallest unit."""

MAX_SCALE = 3_000
SHARES = (0.10, 0.70)
"""Between which shares of the cells are not zero."""

Misprint = Callable[[Sequence[Table], Mapping[str, Number], Random], dict[str, Number]]
"""One mistake of an agency: the cells that show something else and what; none without room."""

_TRIES = 20  # for a misprint that breaks a sum and is not undone by the others
_TAIL_SHARE = {True: 0.005, False: 0.1}  # by whether the cell stands in an identity
_TAIL_LIMIT = {True: 10**7, False: 10**8}  # a sum of a few tails still has eight digits


def draw(form_tables: Sequence[Table], rng: Random) -> dict[str, Number]:
    """A number for every cell of the tables, in the order of the form.

    The same state of `rng` gives the same numbers in every process.
    """
    amounts = _free_amounts(form_tables, rng)
    order = rng.sample(list(amounts), len(amounts))
    splits = {equation.id: rng.random() for table in form_tables for equation in table.equations}
    share = rng.uniform(*SHARES)

    def report(n_active: int) -> dict[str, int]:
        return _complete(form_tables, {cell: amounts[cell] for cell in order[:n_active]}, splits)

    n_active = bisect_left(range(len(order)), share, key=lambda n: _share(report(n)))
    filled = report(n_active)
    if _share(filled) > SHARES[1]:  # one free cell may fill several totals
        filled = report(n_active - 1)
    return {
        cell.id: value_of(filled[cell.id], cell.scale)
        for table in form_tables
        for cell in table.cells
    }


def _share(amounts: Amounts) -> float:
    return sum(amount != 0 for amount in amounts.values()) / len(amounts)


def _free_amounts(form_tables: Sequence[Table], rng: Random) -> dict[str, int]:
    """For every cell that no identity determines, what it holds if it is not zero."""
    scale = exp(rng.uniform(0, log(MAX_SCALE)))
    amounts: dict[str, int] = {}
    for table in form_tables:
        determined = {cell for equation in table.equations for cell in equation.left}
        related = determined | {cell for equation in table.equations for cell in equation.right}
        for cell in table.cells:
            if cell.id not in determined:
                amounts[cell.id] = _amount(cell, scale, cell.id in related, rng)
    return amounts


def _amount(cell: Cell, scale: float, related: bool, rng: Random) -> int:
    """An amount other than zero; money has up to as many decimals as its column."""
    limit = float(_TAIL_LIMIT[related] if rng.random() < _TAIL_SHARE[related] else scale)
    amount = int(exp(rng.uniform(0, log(limit)))) * cell.scale
    if decimals := rng.randint(0, cell.column.decimals):
        amount -= rng.randrange(1, 10**decimals) * 10 ** (cell.column.decimals - decimals)
    return -amount if cell.column.signed and rng.random() < 0.5 else amount


def _complete(
    form_tables: Sequence[Table], free: Amounts, splits: Mapping[str, float]
) -> dict[str, int]:
    """All cells: the identities are solved for the cells on their left sides.

    Totals add up. A left side of several cells that are no totals is shared out: its first cell
    takes everything, or all but the parts that `splits` gives to the others.
    """
    amounts: dict[str, int] = {}
    for table in form_tables:
        known = {cell.id: free.get(cell.id, 0) for cell in table.cells}
        sums = [equation for equation in table.equations if len(equation.left) == 1]
        totals = {equation.left[0] for equation in sums}
        _add_up(sums, known)
        for equation in table.equations:
            if totals.isdisjoint(equation.left):
                _share_out(equation, splits[equation.id], known)
        _add_up(sums, known)
        amounts.update(known)
    return amounts


def _share_out(equation: Equation, split: float, known: dict[str, int]) -> None:
    rest = sum(known[cell] for cell in equation.right)
    for cell in equation.left[1:]:
        known[cell] = int(rest * split) if split < 0.5 else 0
        rest -= known[cell]
    known[equation.left[0]] = rest


def _add_up(sums: Sequence[Equation], known: dict[str, int]) -> None:
    """Set the totals; the second pass takes up totals that are parts of other totals."""
    for _ in range(2):
        for equation in sums:
            known[equation.left[0]] = sum(known[cell] for cell in equation.right)


def misprinted(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """The cells that an agency prints wrong, with what it prints: one to three mistakes.

    Every cell that shows something else stands in an identity that what is shown breaks, so a
    careful reader can see that something is wrong. Cells without an identity are printed as they
    are. No cells if the numbers leave no room.
    """
    wrong: dict[str, Number] = {}
    left = rng.choices((1, 2, 3), (6, 3, 1))[0]
    for _ in range(_TRIES):
        mistake = rng.choice(_MISPRINTS)(form_tables, {**numbers, **wrong}, rng)
        tried = {**wrong, **mistake}
        if mistake and wrong.keys().isdisjoint(mistake) and _all_seen(form_tables, numbers, tried):
            wrong = tried
            left -= 1
        if left == 0:
            break
    return wrong


def _all_seen(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], wrong: Mapping[str, Number]
) -> bool:
    """Whether every wrong cell differs from the truth and stands in a broken identity."""
    shown = {**numbers, **wrong}
    broken = {
        cell
        for table in form_tables
        for equation in table.equations
        if sum(sign * shown[cell] for sign, cell in equation.terms) != 0
        for _, cell in equation.terms
    }
    return all(cell in broken and number != numbers[cell] for cell, number in wrong.items())


def _related(form_tables: Sequence[Table], numbers: Mapping[str, Number]) -> list[str]:
    """The cells of identities that are not zero."""
    cells = dict.fromkeys(
        cell
        for table in form_tables
        for equation in table.equations
        for _, cell in equation.terms
        if numbers[cell] != 0
    )
    return list(cells)


def _sums(form_tables: Sequence[Table], numbers: Mapping[str, Number]) -> list[Equation]:
    """The identities of totals that are not zero."""
    return [
        equation
        for table in form_tables
        for equation in table.equations
        if len(equation.left) == 1 and numbers[equation.left[0]] != 0
    ]


def _total_of_zero(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """A total printed 0 beside parts that are not zero."""
    sums = _sums(form_tables, numbers)
    return {rng.choice(sums).left[0]: 0} if sums else {}


def _stale_total(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """A total from before one of its parts was entered, in full or up to a correction."""
    sums = _sums(form_tables, numbers)
    if not sums:
        return {}
    equation = rng.choice(sums)
    parts = [numbers[cell] for cell in equation.right if numbers[cell] != 0]
    if not parts:
        return {}
    part = rng.choice(parts)
    missing = part if rng.random() < 0.5 else rng.randint(1, int(part))
    stale = numbers[equation.left[0]] - missing
    return {equation.left[0]: stale} if stale >= 0 else {}


def _wrong_digit(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """A number with one digit mistyped; its length stays."""
    cells = _related(form_tables, numbers)
    if not cells:
        return {}
    cell = rng.choice(cells)
    digits = str(numbers[cell])
    place = rng.randrange(len(digits))
    others = sorted(set("0123456789") - {digits[place]} - ({"0"} if place == 0 else set()))
    return {cell: int(digits[:place] + rng.choice(others) + digits[place + 1 :])}


def _swapped_digits(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """A number with two neighbouring digits exchanged; no leading zero comes about."""
    swaps = []
    for cell in _related(form_tables, numbers):
        digits = str(numbers[cell])
        for place, (first, second) in enumerate(pairwise(digits)):
            if first != second and (place or second != "0"):
                swaps.append((cell, digits[:place] + second + first + digits[place + 2 :]))
    if not swaps:
        return {}
    cell, swapped = rng.choice(swaps)
    return {cell: int(swapped)}


def _row_lower(
    form_tables: Sequence[Table], numbers: Mapping[str, Number], rng: Random
) -> dict[str, Number]:
    """A number typed one row too low: its own cell holds a zero, the next row's holds it."""
    pairs = (
        (f"{table.id}.{upper.id}.{column.id}", f"{table.id}.{lower.id}.{column.id}")
        for table in form_tables
        for block in table.blocks
        for upper, lower in pairwise(block.rows)
        for column in block.columns
    )
    moves = [(upper, lower) for upper, lower in pairs if numbers[upper] != 0 == numbers[lower]]
    if not moves:
        return {}
    upper, lower = rng.choice(moves)
    return {upper: 0, lower: numbers[upper]}


_MISPRINTS: tuple[Misprint, ...] = (
    _total_of_zero,
    _stale_total,
    _wrong_digit,
    _swapped_digits,
    _row_lower,
)
