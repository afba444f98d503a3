"""Tables set in columns of fixed width, titles broken over several lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, broken, padded, width_of
from gouji.training.synthesis.layouts.grid import Entry, GridRow, RowKind
from gouji.training.synthesis.pieces import Piece


@dataclass(frozen=True, slots=True)
class Setting:
    """How columns are set.

    Titles of rows and columns are broken at `label_width` and `head_width` columns; values are
    never broken. `align` (<, > or ^) is that of values; `values_at`, from 0 to 1, tells on which
    line of a broken title they stand.
    """

    label_width: int
    head_width: int
    align: str = ">"
    values_at: float = 0.0
    blank: str = " "


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of a set table: a cell for each column, or a title across all of them."""

    kind: RowKind
    cells: tuple[Entry, ...]
    opens_row: bool

    @property
    def is_title(self) -> bool:
        """Whether the line is a title or note across the table."""
        return self.kind not in (RowKind.HEAD, RowKind.BODY)


@dataclass(frozen=True, slots=True)
class SetTable:
    """The lines of a table and the width and alignment of each of its columns."""

    lines: tuple[SetLine, ...]
    widths: tuple[int, ...]
    aligns: tuple[str, ...]

    def padded(self, line: SetLine, blank: str = " ") -> list[Line]:
        """The cells of a line, each filled up to the width of its column."""
        return [
            padded(cell or Piece(""), width, align, blank)
            for cell, width, align in zip(line.cells, self.widths, self.aligns, strict=True)
        ]


def draw_setting(rng: Random, align: str | None = None) -> Setting:
    """Columns wide enough for titles on one line, or narrow ones."""
    label_width, head_width = rng.choice(((90, 40), (90, 12), (44, 12), (30, 8), (24, 8), (36, 40)))
    return Setting(
        label_width, head_width, align or rng.choice(("<", ">", "^")), rng.choice((0.0, 0.5, 1.0))
    )


def set_table(rows: Sequence[GridRow], setting: Setting) -> SetTable:
    """The rows in columns; a title row is one line, others as many as their longest title."""
    n_labels = max((len(row.labels) for row in rows if not row.is_title), default=0)
    n_columns = max((len(row.values) for row in rows if not row.is_title), default=0) + n_labels
    lines = tuple(line for row in rows for line in _lines(row, n_labels, n_columns, setting))
    widths = tuple(
        max((width_of(cell.text) for cell in column if cell), default=0)
        for column in zip(*(line.cells for line in lines if not line.is_title), strict=True)
    )
    aligns = ("<",) * n_labels + (setting.align,) * (n_columns - n_labels)
    return SetTable(lines, widths, aligns)


def _lines(row: GridRow, n_labels: int, n_columns: int, setting: Setting) -> list[SetLine]:
    if row.is_title:
        return [SetLine(row.kind, row.entries[:1], True)]
    is_body = row.kind is RowKind.BODY
    labels = [_broken(entry, setting.label_width) for entry in row.labels]
    labels += [[None]] * (n_labels - len(labels))
    heads = [[entry] if is_body else _broken(entry, setting.head_width) for entry in row.values]
    cells = [*labels, *heads]
    cells += [[None]] * (n_columns - len(cells))
    height = max(map(len, cells), default=1)
    at = round(setting.values_at * (height - 1)) if is_body else 0
    columns = [
        _placed(cell, at if is_body and number >= n_labels else 0, height)
        for number, cell in enumerate(cells)
    ]
    return [
        SetLine(row.kind, cells, number == 0)
        for number, cells in enumerate(zip(*columns, strict=True))
    ]


def _broken(entry: Entry, width: int) -> list[Entry]:
    if entry is None or not entry.is_plain:
        return [entry]
    return [Piece(text) for text in broken(entry.text, width)] or [None]


def _placed(cell: list[Entry], at: int, height: int) -> list[Entry]:
    return [*[None] * at, *cell, *[None] * (height - len(cell) - at)]
