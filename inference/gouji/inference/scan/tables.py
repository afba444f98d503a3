"""Tables: from the cells of a grid to the lines in them, and what the cells say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.inference.scan.cells import Cell, cells_of
from gouji.inference.scan.geometry import Pixels, Sheet
from gouji.inference.scan.ink import Ink, find_ink, line_height, lines_of, parts_of
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.reading import UNREADABLE, Heard
from gouji.inference.scan.rulings import Grid

_INSET_PT = 1.0  # of a cell: half a ruling


@dataclass(frozen=True, slots=True)
class InkedCell:
    """A cell with the boxes of its lines, in pixels; without any it is empty.

    The boxes of a cell with one line are the parts of it that stand `side_by_side`.
    """

    cell: Cell
    within: Pixels
    lines: tuple[Pixels, ...]
    side_by_side: bool = False


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell with what its lines say."""

    inked: InkedCell
    heard: tuple[Heard, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.heard

    @property
    def is_numeral(self) -> bool:
        """Whether it holds one number or mark."""
        return len(self.heard) == 1 and self.heard[0].line.is_numeral

    @property
    def text(self) -> str:
        """What it says; a cell with ink always says something.

        Several numbers never become one: they are parted by blanks.
        """
        numerals = all(one.line.is_numeral for one in self.heard)
        said = (" " if numerals else "").join(one.line.text for one in self.heard)
        return said or (UNREADABLE if self.heard else "")


def inked_cells(sheet: Sheet, grid: Grid) -> tuple[InkedCell, ...]:
    """The cells of a table row by row with the lines in them."""
    inset = max(1, round(sheet.px(_INSET_PT)))
    cells = cells_of(grid)
    inks: list[Ink] = []
    for cell in cells:
        left, top, right, bottom = cell.box
        within = (left + inset, top + inset, right - inset, bottom - inset)
        inks.append(find_ink(sheet.gray, within, sheet.dpi))
    height = line_height(inks, sheet.dpi)
    return tuple(
        _inked(cell, ink.box, lines_of(ink, sheet.gray, height), sheet.gray)
        for cell, ink in zip(cells, inks, strict=True)
    )


def _inked(cell: Cell, within: Pixels, lines: tuple[Pixels, ...], gray: Gray) -> InkedCell:
    if len(lines) == 1:
        return InkedCell(cell, within, parts_of(lines[0], within, gray), side_by_side=True)
    return InkedCell(cell, within, lines)


def parted(cells: Iterable[ReadCell]) -> Iterator[ReadCell]:
    """The cells, those parted that hold numbers side by side: the ruling between them is lost."""
    for cell in cells:
        numerals = [one.line.is_numeral for one in cell.heard]
        if not cell.inked.side_by_side or len(numerals) < 2 or not all(numerals):
            yield cell
            continue
        for part, one in zip(cell.inked.lines, cell.heard, strict=True):
            yield ReadCell(replace(cell.inked, lines=(part,)), (one,))


def as_numerals(cells: Sequence[ReadCell]) -> tuple[ReadCell, ...]:
    """The cells, those that must be numerals read as such.

    So is a cell of one line that is not surely words if a number stands on its left, or above it
    in its column, or both on its right and below.
    """
    numerals = [c.inked.cell for c in cells if c.is_numeral]
    return tuple(
        replace(cell, heard=(cell.heard[0].as_numeral(),))
        if _must_be_numeral(cell, numerals)
        else cell
        for cell in cells
    )


def _must_be_numeral(cell: ReadCell, numerals: Iterable[Cell]) -> bool:
    if len(cell.heard) != 1 or cell.is_numeral or cell.heard[0].line.is_words:
        return False
    own = cell.inked.cell
    in_row = [other.column for other in numerals if other.row == own.row]
    at = (own.column, own.columns)
    in_column = [other.row for other in numerals if (other.column, other.columns) == at]
    if any(column < own.column for column in in_row) or any(row < own.row for row in in_column):
        return True
    return bool(in_row) and bool(in_column)
