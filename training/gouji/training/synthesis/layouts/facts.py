"""A sheet as facts: every value with the titles of its row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gouji.training.synthesis.layouts.grid import Path
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of a sheet; `values[i]` are those under the column title `columns[i]`.

    There is one of them, none where blanks have collapsed, more where one is doubled.
    """

    labels: Path
    columns: tuple[Path, ...]
    values: tuple[tuple[Value, ...], ...]


def fact_rows(sheet: Sheet, panel: Panel) -> Iterator[FactRow]:
    """The rows of a panel, each value below the title that it belongs to.

    A row that has lost or doubled values has them placed by their cells. Titles that stand above
    all columns of a panel beside others are titles of its rows.
    """
    columns = panel.heads
    above: Path = ()
    if sheet.side_by_side and columns:
        above = columns[0][:-1]
        columns = tuple(path[-1:] for path in columns)
    place = partial(_place, _column_numbers(panel))
    for row in panel.rows:
        slots: list[list[Value]] = [[] for _ in columns]
        last = 0
        for number, value in enumerate(row.values):
            last = number if len(row.values) == len(columns) else place(value, last)
            slots[min(last, len(columns) - 1)].append(value)
        yield FactRow(row.labels or above, columns, tuple(map(tuple, slots)))


def _place(numbers: Mapping[str, int], value: Value, last: int) -> int:
    """The number of the column of a value; a value of no cell stands with the one before it."""
    return numbers.get(_column_of(value), last)


def _column_numbers(panel: Panel) -> Mapping[str, int]:
    """The number of each column of the form, read off the rows that are whole."""
    return {
        _column_of(value): number
        for row in _whole(panel)
        for number, value in enumerate(row.values)
        if value.cell
    }


def _whole(panel: Panel) -> Sequence[SheetRow]:
    return [row for row in panel.rows if len(row.values) == len(panel.heads)]


def _column_of(value: Value) -> str:
    return value.cell.rpartition(".")[2] if value.cell else ""


def transposed(sheet: Sheet) -> Sheet:
    """The sheet with its columns as rows, panel by panel.

    Panels that stood abreast become rows of one panel, whose values have no column title.
    """
    if sheet.side_by_side:
        panels: tuple[Panel, ...] = (_stacked(sheet),)
    else:
        panels = tuple(_transposed(sheet, panel) for panel in sheet.panels)
    return Sheet(sheet.table, panels, False, sheet.notes)


def _stacked(sheet: Sheet) -> Panel:
    """The columns of all panels as rows with the values that stand below them."""
    rows = tuple(
        SheetRow((*fact.labels, *column), values)
        for panel in sheet.panels
        for fact in fact_rows(sheet, panel)
        for column, values in zip(fact.columns, fact.values, strict=True)
    )
    return Panel(((),), rows)


def _transposed(sheet: Sheet, panel: Panel) -> Panel:
    facts = tuple(fact_rows(sheet, panel))
    rows = tuple(
        SheetRow(
            column,
            tuple(value for fact in facts for value in fact.values[number] or (Value("", None),)),
        )
        for number, column in enumerate(panel.heads)
    )
    return Panel(tuple(fact.labels for fact in facts), rows, panel.caption, panel.corner)
