"""Tables of any reader, which name no cell, held against the cells of gold.

The reader is given the benefit of every doubt. Its rows are paired with those of gold, in order, as
gives the most right cells; which table or row it took them for is not asked. Of a row its last
cells count, as many as gold has numbers there, each against the one in its place: what is left
out moves those before it, and they are wrong. Numbers may be spelled in any way that gouji knows.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from gouji.inference.scoring import Gold
from gouji.model.numerals import parse_numeral, respelled

Row = Sequence[str | None]
Tables = Sequence[Sequence[Row]]
"""Tables as rows of texts, None where a cell on the left covers the place."""

Cells = Sequence[tuple[str, float | None]]
"""The cells of a printed row and what the page shows in them, None for nothing."""

_ILLEGIBLE = math.nan
_TOLERANCE = 1e-6


def right_cells(
    gold: Gold, tables: Tables, side_by_side: Collection[str] = ()
) -> Mapping[str, bool]:
    """Whether a reader has each cell of gold right.

    The rows of the tables named in `side_by_side` may stand on one line or on lines of their own.
    """
    rows = [_places(row) for table in tables for row in _without_empty_edge(table)]
    readings = [_marked(lines, rows) for lines in (_lines(gold, ()), _lines(gold, side_by_side))]
    return max(readings, key=lambda marks: sum(marks.values()))


def _lines(gold: Gold, side_by_side: Collection[str]) -> list[Cells]:
    """The rows of gold in the order of the page; one for a whole table that is `side_by_side`."""

    def line(shown: tuple[str, float | None]) -> str:
        table, _, row = shown[0].rpartition(".")[0].partition(".")
        return table if table in side_by_side else f"{table}.{row}"

    shown = [(cell, gold.printed.get(cell, value)) for cell, value in gold.cells.items()]
    return [list(cells) for _, cells in groupby(shown, line)]


def _without_empty_edge(table: Sequence[Row]) -> Sequence[Row]:
    """The rows without the columns at the right in which no row holds anything."""
    width = max((i + 1 for row in table for i, text in enumerate(row) if text), default=0)
    return [row[:width] for row in table]


def _places(row: Row) -> list[float | None]:
    return [_number(text) for text in row if text is not None]


def _number(text: str) -> float | None:
    """The number that a cell spells, None if it is empty, not a number for anything else."""
    spelled = "".join(text.split())
    numeral = parse_numeral(spelled) or respelled(spelled)
    if numeral:
        return float(numeral.value)
    return _ILLEGIBLE if spelled else None


def _is_right(shown: float | None, said: float | None) -> bool:
    """Whether a cell shows what was read; what is left blank means 0."""
    if said is None:
        return shown is None
    return abs(said - (shown or 0)) <= _TOLERANCE


def _right(line: Cells, row: Sequence[float | None]) -> list[str]:
    pairs = zip(reversed(line), reversed(row), strict=False)
    return [cell for (cell, shown), said in pairs if _is_right(shown, said)]


def _marked(lines: Sequence[Cells], rows: Sequence[Sequence[float | None]]) -> dict[str, bool]:
    """Every cell, right or not, by the pairing of lines and rows in order that has most right.

    `best[i][j]` is how many are right at most of the first i lines in the first j rows.
    """
    right = [[_right(line, row) for row in rows] for line in lines]
    best = [[0] * (len(rows) + 1)]
    for found in right:
        above, here = best[-1], [0]
        for j, cells in enumerate(found):
            here.append(max(above[j + 1], here[j], above[j] + len(cells)))
        best.append(here)
    marks = {cell: False for line in lines for cell, _ in line}
    i, j = len(lines), len(rows)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            marks.update(dict.fromkeys(right[i][j], True))
    return marks
