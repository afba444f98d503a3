"""Tables set in columns of fixed width, titles broken over several lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, broken, padded, width_of
from gouji.training.synthesis.layouts.grid import Entry, GridRow, RowKind
from gouji.training.synthesis.pieces import Piece

_WIDTHS = ((90, 40), (90, 12), (44, 12), (30, 8), (24, 8), (36, 40))


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
class SetCell:
    """A cell that begins at a column and takes the room of `span` of them."""

    piece: Piece
    column: int
    span: int = 1


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of a set table: cells over all its columns, or a single title across them."""

    kind: RowKind
    cells: tuple[SetCell, ...]
    opens_row: bool

    @property
    def is_title(self) -> bool:
        """Whether the line is a title or note across the table."""
        return self.kind not in (RowKind.HEAD, RowKind.BODY)

    @property
    def pieces(self) -> Line:
        """What the cells print."""
        return [cell.piece for cell in self.cells]


@dataclass(frozen=True, slots=True)
class SetTable:
    """The lines of a table and the width and alignment of each of its columns."""

    lines: tuple[SetLine, ...]
    widths: tuple[int, ...]
    aligns: tuple[str, ...]

    def padded(self, line: SetLine, n_between: int, blank: str = " ") -> list[Line]:
        """The cells of a line filled up to their columns, `n_between` half-widths apart."""
        return [
            padded(
                cell.piece,
                sum(self.widths[cell.column : cell.column + cell.span])
                + n_between * (cell.span - 1),
                self._align(line, cell),
                blank,
            )
            for cell in line.cells
        ]

    def _align(self, line: SetLine, cell: SetCell) -> str:
        """A title over several columns stands in their middle where values do not stand left."""
        align = self.aligns[cell.column]
        return "^" if line.kind is RowKind.HEAD and cell.span > 1 and align != "<" else align


def draw_setting(rng: Random, align: str | None = None) -> Setting:
    """Columns wide enough for titles on one line, or narrow ones."""
    label_width, head_width = rng.choice(_WIDTHS)
    return Setting(
        label_width, head_width, align or rng.choice(("<", ">", "^")), rng.choice((0.0, 0.5, 1.0))
    )


def set_table(rows: Sequence[GridRow], setting: Setting) -> SetTable:
    """The rows in columns; a title row is one line, others as many as their longest title."""
    inner = [row for row in rows if not row.is_title]
    n_labels = max((len(row.labels) for row in inner), default=0)
    n_columns = n_labels + max((len(row.values) for row in inner), default=0)
    lines: list[SetLine] = []
    for number, row in enumerate(rows):
        below = rows[number + 1] if number + 1 < len(rows) else None
        spans = _spans(row, below, n_labels, n_columns)
        lines += _lines(row, spans, n_labels, setting)
    aligns = ("<",) * n_labels + (setting.align,) * (n_columns - n_labels)
    return SetTable(tuple(lines), _widths(lines, n_columns), aligns)


def _widths(lines: Sequence[SetLine], n_columns: int) -> tuple[int, ...]:
    """The room that each column needs; the last one under a title that is too long grows."""
    widths = [0] * n_columns
    cells = [cell for line in lines if not line.is_title for cell in line.cells]
    for cell in sorted(cells, key=lambda cell: cell.span):
        last = cell.column + cell.span - 1
        missing = width_of(cell.piece.text) - sum(widths[cell.column : last + 1])
        widths[last] += max(0, missing)
    return tuple(widths)


def _spans(
    row: GridRow, below: GridRow | None, n_labels: int, n_columns: int
) -> list[tuple[Entry, int]]:
    """The entries of a row with the number of columns that each takes, all columns in all.

    A row's title takes the rest of the label columns, a group of columns those of its members.
    """
    if row.is_title:
        return [(row.entries[0], max(1, n_columns))]
    own = max((at for at, label in enumerate(row.labels) if label is not None), default=0)
    spans: list[tuple[Entry, int]] = [(label, 1) for label in row.labels[: own + 1]]
    if spans:
        spans[-1] = (spans[-1][0], n_labels - own)
    elif n_labels:
        spans.append((None, n_labels))
    members = below.values if row.kind is RowKind.HEAD and below and below.kind is row.kind else ()
    at = 0
    while at < n_columns - n_labels:
        entry = row.values[at] if at < len(row.values) else None
        end = at + 1
        while entry is not None and _is_member(row, members, at, end):
            end += 1
        spans.append((entry, end - at))
        at = end
    return spans


def _is_member(row: GridRow, members: Sequence[Entry], first: int, at: int) -> bool:
    """Whether the column at `at` stands under the title at `first`."""
    has_members = first < len(members) and members[first] is not None
    return has_members and at < len(row.values) and row.values[at] is None


def _lines(
    row: GridRow, spans: Sequence[tuple[Entry, int]], n_labels: int, setting: Setting
) -> list[SetLine]:
    if row.is_title:
        return [SetLine(row.kind, (SetCell(row.entries[0] or Piece(""), 0, spans[0][1]),), True)]
    is_body = row.kind is RowKind.BODY
    columns: list[tuple[int, int, list[Entry]]] = []
    at = 0
    for entry, span in spans:
        width = setting.label_width if at < n_labels else setting.head_width * span
        columns.append((at, span, _broken(entry, width)))
        at += span
    height = max((len(texts) for *_, texts in columns), default=1)
    first = round(setting.values_at * (height - 1)) if is_body else 0
    placed = [
        (column, span, _placed(texts, first if column >= n_labels else 0, height))
        for column, span, texts in columns
    ]
    return [
        SetLine(
            row.kind,
            tuple(SetCell(texts[n] or Piece(""), column, span) for column, span, texts in placed),
            n == 0,
        )
        for n in range(height)
    ]


def _broken(entry: Entry, width: int) -> list[Entry]:
    if entry is None or not entry.is_plain:
        return [entry]
    return [Piece(text) for text in broken(entry.text, width)] or [None]


def _placed(texts: list[Entry], at: int, height: int) -> list[Entry]:
    above = min(at, height - len(texts))
    return [*[None] * above, *texts, *[None] * (height - len(texts) - above)]
