"""One table out of its parts on several pages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gouji.inference.readers.pdf.tables import Table, TableCell

_SAME_EDGE_PT = 4.0  # edges of a table on two pages no further apart are the same
_SAME_COLUMNS = 0.6  # the share of the columns that goes on
_FILLED = 2.1  # of a letter, the most room in a cell whose text goes on on the next page
_TOPPED = 0.9  # of a letter, the most room above what goes on there
_LINE_END = 2.2  # of a letter, the most room at the end of a line that goes on
_NUMBER_END = 1.1  # of a letter, the same for a number
_LONG = 3  # digits of a number that may be torn
_OPENING = "（(《〈“‘【"
_NEW_ENTRY = re.compile(
    r"[（(]?[\d一二三四五六七八九十]+[)）、.．]|[①-⑳]|第[一二三四五六七八九十]+条"
)

Pair = tuple[TableCell, TableCell]
"""A cell at the end of a page, and the one right below it at the top of the next."""


def goes_on(table: Table, below: Table) -> bool:
    """Whether a table at the top of a page can be the rest of one at the end of the page before.

    A browser leaves out the lines at the left of a merged cell that goes on.
    """
    if below.xs[0] < table.xs[0] - _SAME_EDGE_PT or below.xs[-1] > table.xs[-1] + _SAME_EDGE_PT:
        return False
    shared = [x for x in below.xs if _is_among(x, table.xs)]
    return (
        below.xs[0] in shared
        and below.xs[-1] in shared
        and len(shared) >= _SAME_COLUMNS * min(len(below.xs), len(table.xs))
    )


def joined(table: Table, below: Table) -> Table:
    """A table with its rest on the next page.

    Head rows that the rest repeats are left out. A row that the end of the page cuts is one again,
    and so is a merged cell that goes on.
    """
    below = _headless(table, below)
    pairs = _pairs(table, below)
    single = [cell for cell in below.rows[0] if cell.n_rows == 1]
    whole = [pair for pair in pairs if pair[1].n_rows == 1]
    is_cut = bool(whole) and len(whole) == len(single) and _is_cut(whole, table, below)
    is_body = _has_numeral(table.rows[-1])
    within = is_body or _are_heads(table.rows[-1], below.rows[0])
    rests = {
        id(upper): lower
        for upper, lower in pairs
        if is_cut or _is_rest(upper, lower, within=within, is_head=within and not is_body)
    }
    shift = len(table.rows) - is_cut
    rows = [
        [_extended(cell, rests.get(id(cell)), table, below, shift) for cell in row]
        for row in table.rows
    ]
    taken = {id(lower) for lower in rests.values()}
    rest = [[_moved(cell, shift) for cell in row if id(cell) not in taken] for row in below.rows]
    if is_cut:
        rows[-1] = sorted([*rows[-1], *rest.pop(0)], key=lambda cell: cell.left)
    xs = sorted([*table.xs, *(x for x in below.xs if not _is_among(x, table.xs))])
    return Table(tuple(map(tuple, (*rows, *rest))), tuple(xs), table.open_top, below.open_bottom)


def _is_among(x: float, stops: Sequence[float]) -> bool:
    return any(abs(x - stop) <= _SAME_EDGE_PT for stop in stops)


def _pairs(table: Table, below: Table) -> list[Pair]:
    """The cells at the end of the one that are as wide as those below them in the other."""
    bottom = [c for row in table.rows for c in row if c.row_end == len(table.rows)]
    return [
        (upper, lower)
        for lower in below.rows[0]
        for upper in bottom
        if abs(upper.left - lower.left) <= _SAME_EDGE_PT
        and abs(upper.right - lower.right) <= _SAME_EDGE_PT
    ]


def _moved(cell: TableCell, shift: int) -> TableCell:
    return replace(cell, row=cell.row + shift, row_end=cell.row_end + shift)


def _extended(
    cell: TableCell, rest: TableCell | None, table: Table, below: Table, shift: int
) -> TableCell:
    """A cell with the rest of it on the next page; one beside that is without lines goes on."""
    if rest is None:
        is_beside = cell.row_end == len(table.rows) and cell.right <= below.xs[0] + _SAME_EDGE_PT
        return replace(cell, row_end=len(below.rows) + shift) if is_beside else cell
    runs = rest.runs
    if runs and cell.runs:
        ends = cell.text[-1], rest.text[0]
        is_number = all(char.isdigit() for char in ends)
        glue = " " if all(map(str.isascii, ends)) and not is_number else ""
        runs = (replace(runs[0], glue=glue), *runs[1:])
    row_end = max(rest.row_end + shift, cell.row_end)
    return replace(cell, row_end=row_end, runs=(*cell.runs, *runs))


def _headless(table: Table, below: Table) -> Table:
    """The rest of a table without the head rows that it repeats; never without all rows."""
    n = 0
    for row, again in zip(table.rows, below.rows, strict=False):
        texts = [cell.text for cell in row]
        if not any(texts) or texts != [cell.text for cell in again] or _has_numeral(row):
            break
        n += 1
    if n == 0 or n >= len(below.rows) or any(c.row_end > n for r in below.rows[:n] for c in r):
        return below
    rows = [[replace(c, row=c.row - n, row_end=c.row_end - n) for c in row] for row in below.rows]
    return replace(below, rows=tuple(map(tuple, rows[n:])), open_top=False)


def _has_numeral(row: Iterable[TableCell]) -> bool:
    return any(cell.is_numeral for cell in row)


def _is_cut(pairs: Sequence[Pair], table: Table, below: Table) -> bool:
    """Whether the last row before the end of a page and the first one after it are one row.

    They are if nothing stands in the one below, if every text in it goes on one above, or if the
    lines between the columns go on. Where both have numbers, those below must be ends of long ones
    and stand beside blanks.
    """
    uppers, lowers = zip(*pairs, strict=True)
    both = [(upper, lower) for upper, lower in pairs if upper.text and lower.text]
    if not any(lower.text for lower in lowers):
        return True
    if any(upper.is_numeral != lower.is_numeral for upper, lower in both):
        return False
    is_torn = bool(both) and all(_is_torn(upper, lower) for upper, lower in both)
    if _has_numeral(uppers) and _has_numeral(lowers):
        return is_torn and any(upper.is_numeral and not lower.text for upper, lower in pairs)
    return is_torn or (table.open_bottom and below.open_top)


def _is_torn(upper: TableCell, lower: TableCell) -> bool:
    """Whether the last line of a text ends where its cell does, and the text goes on below."""
    if upper.room is None or not _is_full(upper, lower):
        return False
    if upper.is_numeral:
        return len(upper.text) >= _LONG and upper.room.behind <= _NUMBER_END
    return upper.room.behind <= _LINE_END


def _is_full(upper: TableCell, lower: TableCell) -> bool:
    """Whether a text may go on in the cell below: it fills its own and begins at the top there."""
    if upper.room is None or lower.room is None:
        return False
    if upper.text[-1] in _OPENING:
        return True
    is_new = _NEW_ENTRY.match(lower.text) is not None
    filled = upper.room.above + upper.room.below
    return not is_new and filled <= _FILLED and lower.room.above <= _TOPPED


def _is_rest(upper: TableCell, lower: TableCell, *, within: bool, is_head: bool) -> bool:
    """Whether a cell at the top of a page goes on a merged one at the end of the page before.

    `within` tells that the rows of both are of the same kind, so that no blank below a label is
    a value, `is_head` that both are of a head.
    """
    if not lower.text and within and upper.text and not upper.is_numeral:
        return True
    if upper.n_rows < 2 and lower.n_rows < 2 and not is_head:
        return False
    return not lower.text or (not lower.is_numeral and _is_full(upper, lower))


def _are_heads(last: Sequence[TableCell], first: Sequence[TableCell]) -> bool:
    """Whether two rows hold titles and no numbers."""
    return not _has_numeral((*last, *first)) and sum(bool(cell.text) for cell in first) > 1
