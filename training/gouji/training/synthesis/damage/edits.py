"""Edits of sheets that the damages are made of; every edit returns a new sheet."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from gouji.model.mention import Number
from gouji.model.numerals import parse_numeral
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

Place = tuple[int, int]
"""A row of a sheet: the number of its panel and its number within the panel."""


def is_han(char: str) -> bool:
    """Whether the character is a common Chinese one."""
    return "\u4e00" <= char <= "\u9fff"


def number_of(value: Value) -> Number | None:
    """The number that a value shows; None for a mark, an empty one or what spells no number."""
    numeral = parse_numeral(value.text)
    return numeral.value if numeral else None


def rows_of(sheet: Sheet) -> list[tuple[Place, SheetRow]]:
    """All rows from the top with their places."""
    return [
        ((number, index), row)
        for number, panel in enumerate(sheet.panels)
        for index, row in enumerate(panel.rows)
    ]


def with_rows(sheet: Sheet, place: Place, rows: tuple[SheetRow, ...]) -> Sheet:
    """The sheet with these rows in place of one; a panel without rows goes."""
    number, index = place
    panel = sheet.panels[number]
    changed = replace(panel, rows=panel.rows[:index] + rows + panel.rows[index + 1 :])
    kept = (changed,) if changed.rows else ()
    return replace(sheet, panels=sheet.panels[:number] + kept + sheet.panels[number + 1 :])


def with_values(sheet: Sheet, place: Place, values: tuple[Value, ...]) -> Sheet:
    """The sheet with other values in one row."""
    number, index = place
    row = sheet.panels[number].rows[index]
    return with_rows(sheet, place, (replace(row, values=values),))


def each_panel(sheet: Sheet, change: Callable[[Panel], Panel]) -> Sheet:
    """The sheet with every panel changed."""
    return replace(sheet, panels=tuple(map(change, sheet.panels)))


def each_row(sheet: Sheet, change: Callable[[SheetRow], SheetRow]) -> Sheet:
    """The sheet with every row changed."""
    return each_panel(sheet, lambda panel: replace(panel, rows=tuple(map(change, panel.rows))))


def each_text(sheet: Sheet, write: Callable[[Value], str]) -> Sheet:
    """The sheet with every value written anew."""

    def rewritten(row: SheetRow) -> SheetRow:
        return replace(row, values=tuple(replace(v, text=write(v)) for v in row.values))

    return each_row(sheet, rewritten)


def each_title(sheet: Sheet, write: Callable[[str], str]) -> Sheet:
    """The sheet with every title and note written anew; equal ones stay equal.

    So a group that spans several rows or columns still is one group.
    """
    same = cache(write)

    def titles(path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(same, path))

    def retitled(panel: Panel) -> Panel:
        return Panel(
            heads=tuple(map(titles, panel.heads)),
            rows=tuple(replace(row, labels=titles(row.labels)) for row in panel.rows),
            caption=same(panel.caption) if panel.caption else panel.caption,
            corner=same(panel.corner) if panel.corner else panel.corner,
        )

    return replace(each_panel(sheet, retitled), notes=titles(sheet.notes))
