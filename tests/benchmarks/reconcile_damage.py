"""Damage to the numbers of one table, as reconciling meets it.

Every kind takes a table and true numbers that add up, and gives the mentions that a reader hands
on, beside the cells that it has spoilt. Text is typeset in rows and read by the rules, so that
rows and columns are as sure as they are in use.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from random import Random

from gouji.inference.regions import find_regions
from gouji.inference.rules import tag_tables
from gouji.model.document import Document, Source
from gouji.model.form import Cell, Form, Table
from gouji.model.mention import Mention, MentionKind, Number, TableMentions
from gouji.model.segmentation import Segment
from gouji.training.synthesis.number_law import misprinted

Numbers = Mapping[str, Number]

LOOK_ALIKE = dict(
    zip("0123456789", ("68", "74", "7", "85", "91", "36", "058", "12", "306", "473"), strict=True)
)
"""The digits that a digit is taken for in print that has suffered; chosen by their shape."""

_SURE = 0.9995  # a clear number in a picture, as it is recognised
_UNSURE = (0.45, 0.95)  # and an unclear one: which share of them is right is what they claim
_KNOWN = 0.97  # how often the truth is among the readings of an unclear number


@dataclass(frozen=True, slots=True)
class Damaged:
    """What is handed on of a table; `spoilt` are the cells that do not read as they should."""

    mentions: TableMentions
    spoilt: frozenset[str]


Damage = Callable[[Form, Table, Numbers, Random], Damaged]


def misread(n: int) -> Damage:
    """`n` numbers misread in a scan, with the other readings of the recogniser at hand.

    Its confidence is calibrated: for every unclear number that is wrong, as many unclear ones are
    right as it claims.
    """

    def damage(_: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
        cells = list(table.cells)
        wrong = rng.sample(cells, n)
        sound = [cell for cell in cells if cell not in wrong]
        unclear = rng.sample(sound, min(len(sound), sum(_n_right(rng) for _ in wrong)))
        seen = {cell.id: _unclear(numbers[cell.id], rng, right=False) for cell in wrong}
        seen |= {cell.id: _unclear(numbers[cell.id], rng, right=True) for cell in unclear}
        mentions = tuple(_recognised(m, seen) for m in _placed(table, numbers))
        return Damaged(_mentions(table, mentions), frozenset(cell.id for cell in wrong))

    return damage


def misprints(n: int) -> Damage:
    """`n` numbers with a wrong digit in a digital text, which is read as it stands."""

    def damage(_: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
        wrong = rng.sample([cell.id for cell in table.cells], n)
        shown = {**numbers, **{cell: other_digit(numbers[cell], rng) for cell in wrong}}
        return Damaged(_mentions(table, _placed(table, shown)), frozenset(wrong))

    return damage


def agency(_: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """What agencies print wrong: stale totals, rows slipped, digits swapped."""
    wrong = misprinted((table,), numbers, rng)
    return Damaged(_mentions(table, _placed(table, {**numbers, **wrong})), frozenset(wrong))


def torn_and_shifted(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """A number torn in two, which pushes the rest of its row along and the last cell out of it."""
    lines = _printed(table, numbers)
    long = [(i, j) for i, (_, line) in enumerate(lines) for j, s in enumerate(line) if len(s) > 1]
    if not long:
        return Damaged(_read(form, table, lines), frozenset())
    i, j = rng.choice(long)
    line = lines[i][1]
    at = rng.randrange(1, len(line[j]))
    pushed = [*line[:j], line[j][:at], line[j][at:], *line[j + 1 :]][: len(line)]
    return _reprinted(form, table, lines, i, pushed)


def doubled_and_shifted(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """A number printed twice, which pushes the rest of its row along and the last cell out."""
    lines = _printed(table, numbers)
    i = rng.randrange(len(lines))
    line = lines[i][1]
    j = rng.randrange(len(line) - 1)
    return _reprinted(form, table, lines, i, [*line[: j + 1], *line[j:]][: len(line)])


def joined_and_shifted(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """Two neighbours run into one, so that the rest of the row stands one column too far left."""
    lines = _printed(table, numbers)
    apart = [(i, j) for i, (_, line) in enumerate(lines) for j in range(len(line) - 1)]
    i, j = rng.choice([(i, j) for i, j in apart if lines[i][1][j] != "0"] or apart)
    line = lines[i][1]
    return _reprinted(form, table, lines, i, [*line[:j], line[j] + line[j + 1], *line[j + 2 :]])


def lost_and_shifted(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """A number lost, so that the rest of its row stands one column too far left."""
    lines = _printed(table, numbers)
    i = rng.randrange(len(lines))
    line = lines[i][1]
    j = rng.randrange(len(line))
    return _reprinted(form, table, lines, i, [*line[:j], *line[j + 1 :]])


def rows_swapped(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """Two neighbouring rows in each other's place, labels and all; sums of columns do not tell.

    Of a table without row labels, nothing is swapped.
    """
    lines = _printed(table, numbers)
    different = [i for i in range(len(lines) - 1) if lines[i][1] != lines[i + 1][1]]
    if not different:
        return Damaged(_read(form, table, lines), frozenset())
    i = rng.choice(different)
    (upper, above), (lower, below) = lines[i : i + 2]
    swapped = [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]
    pairs = zip(upper, lower, above, below, strict=True)
    spoilt = {cell.id for a, b, x, y in pairs if x != y for cell in (a, b)}
    return Damaged(_read(form, table, swapped), frozenset(spoilt))


def collapsed(form: Form, table: Table, numbers: Numbers, rng: Random) -> Damaged:
    """Zeros not printed, and no trace of their cells."""
    del rng
    lines = [(cells, [s for s in line if s != "0"]) for cells, line in _printed(table, numbers)]
    return Damaged(_read(form, table, lines), frozenset(c for c, n in numbers.items() if n))


def other_digit(number: Number, rng: Random) -> Number:
    """The number with one digit taken for another of its look."""
    digits = list(str(number))
    places = [i for i, digit in enumerate(digits) if digit.isdigit()]
    at = rng.choice(places)
    digits[at] = rng.choice(LOOK_ALIKE[digits[at]])
    return int("".join(digits))


def _n_right(rng: Random) -> int:
    """How many unclear numbers are right before one is wrong."""
    n = 0
    while rng.random() < rng.uniform(*_UNSURE):
        n += 1
    return n


def _unclear(truth: Number, rng: Random, *, right: bool) -> tuple[tuple[Number, float], ...]:
    """An unclear number as it is recognised, likeliest first; likelihoods of wrong ones sink."""
    p = rng.uniform(*_UNSURE)
    while rng.random() > (p if right else 1 - p):
        p = rng.uniform(*_UNSURE)
    others = list(dict.fromkeys(other_digit(truth, rng) for _ in range(6)))[:3]
    if right:
        ranked = [truth, *others]
    else:
        known = [truth] if rng.random() < _KNOWN else []
        ranked = [others[0], *known, *others[1:]]
    rest = [_KNOWN * (1 - p) * share for share in (0.7, 0.2, 0.1)]
    return tuple(zip(ranked, (p, *rest), strict=False))


def _recognised(mention: Mention, seen: Mapping[str, tuple[tuple[Number, float], ...]]) -> Mention:
    cell = f"{mention.row[0][0]}.{mention.column[0][0]}"
    assert mention.value is not None
    readings = seen.get(cell, ((mention.value, _SURE),))
    value = readings[0][0]
    return replace(mention, raw=str(value), value=value, recognised=readings)


def _placed(table: Table, shown: Numbers) -> tuple[Mention, ...]:
    """Every number in the cell that it belongs to, surely."""
    line_of = {cell.id: n for n, (_, cells) in enumerate(table.lines) for cell in cells}
    return tuple(
        Mention(
            span=(10 * at, 10 * at + 1),
            raw=str(shown[cell.id]),
            kind=MentionKind.NUMBER,
            value=shown[cell.id],
            row=((f"{table.id}.{cell.row.id}", 0.9999),),
            column=((cell.column.id, 0.9999),),
            group=line_of[cell.id],
        )
        for at, cell in enumerate(table.cells)
    )


def _mentions(table: Table, mentions: tuple[Mention, ...]) -> TableMentions:
    return TableMentions(table.id, table.variant, (0, 10 * len(mentions)), mentions)


_Line = tuple[Sequence[Cell], list[str]]


def _printed(table: Table, numbers: Numbers) -> list[_Line]:
    return [(cells, [str(numbers[cell.id]) for cell in cells]) for _, cells in table.lines]


def _read(form: Form, table: Table, lines: Sequence[_Line]) -> TableMentions:
    """What the rules read of the table typeset in rows, blanks between the cells."""
    text = f"{_heads(table)}\n" + "".join(
        f"{_label(table, cells)} {' '.join(line)}\n" for cells, line in lines
    )
    span = (0, len(text))
    segment = Segment(span, (), find_regions(text, span, form))
    document = Document(Source("table.txt", "0" * 64, "text/plain"), text)
    return next(m for m in tag_tables(document, segment, form) if m.table == table.id)


def _reprinted(form: Form, table: Table, lines: list[_Line], at: int, shown: list[str]) -> Damaged:
    """The table with other numbers in one line, if need be fewer of them."""
    cells, line = lines[at]
    pairs = zip_longest(line, shown)
    spoilt = {cell.id for cell, (a, b) in zip(cells, pairs, strict=True) if a != b}
    changed = [*lines[:at], (cells, shown), *lines[at + 1 :]]
    return Damaged(_read(form, table, changed), frozenset(spoilt))


def _heads(table: Table) -> str:
    columns = [column.title for block in table.blocks for column in block.columns]
    if not table.side_by_side:
        return " ".join(dict.fromkeys(columns))
    rows = [row.title for block in table.blocks for row in block.rows]
    return " ".join((*rows, *columns))


def _label(table: Table, cells: Sequence[Cell]) -> str:
    return "" if table.side_by_side else cells[0].row.title


DAMAGES: Mapping[str, Damage] = {
    "sound": misread(0),
    **{f"misread {n}": misread(n) for n in (1, 2, 3, 5, 9)},
    **{f"misprint {n}": misprints(n) for n in (1, 2, 3, 5)},
    "agency": agency,
    "torn, shifted": torn_and_shifted,
    "doubled, shifted": doubled_and_shifted,
    "joined, shifted": joined_and_shifted,
    "lost, shifted": lost_and_shifted,
    "rows swapped": rows_swapped,
    "collapsed": collapsed,
}
