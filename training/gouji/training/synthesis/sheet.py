"""Sheets: the tables of a report before a layout prints them.

A sheet holds what a table shows (titles, numbers as written, numbers of no cell) and nothing of
how it is set. Damage that an agency does (blanks, marks, lost rows) changes sheets; damage that a
medium does (torn lines, footers) changes pieces.
"""

from dataclasses import dataclass

from gouji.model.form import Table


@dataclass(frozen=True, slots=True)
class Value:
    """One place for a number; `text` is what is written there, "" where it is empty.

    `cell` is the id of the form's cell, None for numbers that are no cell: last year's, a
    province's own columns, the wrong copy of a doubled number.
    """

    text: str
    cell: str | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A printed row: its titles, outermost first and its own last, and its values left to right.

    Fewer values than columns: blanks collapsed or cells lost; more: doubled ones. `labels` is
    empty if the row has lost its title.
    """

    labels: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows under one head. `heads` has one path of titles a column, outermost first.

    `caption` is the title above the head (第二十条第（一）项), `corner` the title of the label
    column (信息内容).
    """

    heads: tuple[tuple[str, ...], ...]
    rows: tuple[SheetRow, ...]
    caption: str | None = None
    corner: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `side_by_side` panels share one line of values under heads that stand abreast.

    `notes` are lines of text within the table: instructions, remarks, a unit.
    """

    table: Table
    panels: tuple[Panel, ...]
    side_by_side: bool = False
    notes: tuple[str, ...] = ()
