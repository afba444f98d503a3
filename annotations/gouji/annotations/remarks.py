"""Remarks: what is no contradiction in an annotation, but is seldom meant.

Labels that were exchanged spell what they should, and the sums may hold all the same. Two things
give them away: the places of a row then stand in another order than those of the other rows, and a
number was changed that no sum asks to change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from gouji.annotations.checks import Sample
from gouji.annotations.page_numbers import printed_number
from gouji.annotations.problems import Level, Problem
from gouji.model.annotation import Annotation
from gouji.model.form import Column, Form, Table
from gouji.model.mention import Number

_VOTES = 2  # lines that agree on an order before it counts; that of the form counts as one
_YUAN = 10_000  # in a 万元
_AGREED = 2 / 3  # share of the lines that agree

Line = Sequence[str]
"""The rows of a column, or the columns of a row, in the order of their places in the text."""


def remarks(annotation: Annotation, form: Form) -> tuple[Problem, ...]:
    """What a labeller should look at once more; the annotation may well be right."""
    sample = Sample(annotation, form)
    return (*_order_remarks(sample), *_change_remarks(sample))


def _order_remarks(sample: Sample) -> Iterator[Problem]:
    """Cells that stand in another order than those of the other rows or columns."""
    starts = {mention.cell: mention.span[0] for mention in sample.mentions}
    for table in sample.tables:
        told: set[str] = set()
        for by_row in (True, False):
            lines = list(_lines(table, starts, by_row=by_row))
            as_printed = [line for _, line in _lines(table, _form_order(table), by_row=by_row)]
            for cells in _out_of_order(lines, as_printed):
                if not told.issuperset(cells):
                    told.update(cells)
                    yield _order_remark(cells, sample, by_row=by_row)


def _form_order(table: Table) -> Mapping[str, int]:
    return {cell.id: number for number, cell in enumerate(table.cells)}


def _order_remark(cells: Sequence[str], sample: Sample, *, by_row: bool) -> Problem:
    first = sample.cells[cells[0]]
    line = f"行“{first.row.title}”" if by_row else f"列“{first.column.title}”"
    titles = [
        sample.cells[cell].column.title if by_row else sample.cells[cell].row.title
        for cell in cells
    ]
    found = f"{'、'.join(f'“{title}”' for title in titles)}在正文中的先后与其他各{line[0]}不同"
    subject = f"{line}（{cells[0].rpartition('.')[0] if by_row else first.table}）"
    return Problem(subject, found, "请核对是否标反、标串了格子", tuple(cells), Level.REMARK)


def _lines(
    table: Table, starts: Mapping[str, int], *, by_row: bool
) -> Iterator[tuple[Mapping[str, str], Line]]:
    """For each row (or column) its cells by column (or row), and these in the order of the text."""
    for block in table.blocks:
        lines: dict[str, dict[str, str]] = defaultdict(dict)
        for row in block.rows:
            for column in block.columns:
                cell = f"{table.id}.{row.id}.{column.id}"
                if cell in starts:
                    line, item = (row.id, column.id) if by_row else (column.id, row.id)
                    lines[line][item] = cell
        for cells in lines.values():
            yield cells, sorted(cells, key=lambda item: starts[cells[item]])


def _out_of_order(
    lines: Sequence[tuple[Mapping[str, str], Line]], form: Iterable[Line]
) -> Iterator[tuple[str, ...]]:
    """For each line that has things in another order than the others: its cells concerned."""
    votes = Counter(pair for _, items in lines for pair in combinations(items, 2))
    votes.update({pair for items in form for pair in combinations(items, 2)})
    for cells, items in lines:
        turned: Counter[str] = Counter()
        for first, second in combinations(items, 2):
            others, own = votes[second, first], votes[first, second]
            if others >= _VOTES and others >= _AGREED * (others + own):
                turned.update((first, second))
        if turned:
            most = max(turned.values())
            yield tuple(cells[item] for item in items if turned[item] == most)


def _change_remarks(sample: Sample) -> Iterator[Problem]:
    """Numbers said to be misprints in equations that hold as they are printed."""
    annotation = sample.annotation
    for table in sample.tables:
        broken = {
            cell
            for equation in table.equations
            if not _holds_on_page(equation.terms, annotation)
            for _, cell in equation.terms
        }
        for mention in sample.mentions:
            name = mention.cell
            if name not in table.cell or name not in annotation.printed or name in broken:
                continue
            page, truth = printed_number(mention), annotation.cells.get(name)
            if page is None or truth is None or page != annotation.printed[name]:
                continue
            if not _is_same_amount(page, truth, table.cell[name].column):
                found = f"原文为 {page}，真值填了 {truth}，而按原文的数，有关的等式都成立"
                advice = "没有等式要求改动的数照原文填；只是单位不同的不必理会"
                yield Problem(sample.subject(name), found, advice, (name,), Level.REMARK)


def _is_same_amount(page: Number, truth: Number, column: Column) -> bool:
    """Whether two amounts of money are one, in 元 and in 万元; the unit may stand anywhere."""
    one, other = Decimal(repr(page)), Decimal(repr(truth))
    return column.decimals > 0 and (one == other * _YUAN or other == one * _YUAN)


def _holds_on_page(terms: Iterable[tuple[int, str]], annotation: Annotation) -> bool:
    """Whether an equation holds for the printed numbers, where blanks and marks count as 0."""
    total = Decimal()
    for sign, cell in terms:
        value: Number | None = annotation.printed.get(cell, annotation.cells.get(cell))
        total += sign * Decimal(repr(value or 0))
    return total == 0
