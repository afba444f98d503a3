"""Tables: what stands in the cells of a grid, and one table out of its parts on several pages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gouji.inference.readers.pdf.cells import runs_of_cell
from gouji.inference.readers.pdf.grid import Cell, Grid
from gouji.inference.readers.pdf.page import Glyph, Page
from gouji.inference.readers.pdf.words import Run, around, middle, size_of
from gouji.model.document import Box

_NUMERAL = re.compile(r"[+\-减增]?[\d,.，]+(?:万?元)?|[/\-—无]")


@dataclass(frozen=True, slots=True)
class Room:
    """How much room text leaves in its cell, in letters: above, below, and behind its last line."""

    above: float
    below: float
    behind: float


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: the rows that it covers, half open, its edges in its frame, and what it holds.

    `box` is that of the cell on the page with the number `page`, as a viewer shows it; `room` is
    None where it holds nothing.
    """

    row: int
    row_end: int
    left: float
    right: float
    page: int
    box: Box
    runs: tuple[Run, ...] = ()
    room: Room | None = None

    @property
    def n_rows(self) -> int:
        """How many rows it covers."""
        return self.row_end - self.row

    @property
    def is_numeral(self) -> bool:
        """Whether it holds a number, or a mark for none, and nothing else."""
        return _NUMERAL.fullmatch(self.text) is not None

    @property
    def text(self) -> str:
        """What the cell holds."""
        return "".join(run.glue + run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its cells in the row that each begins in, from left to right.

    `open_top` and `open_bottom` tell that a row is cut by the edge of the page.
    """

    rows: tuple[tuple[TableCell, ...], ...]
    xs: tuple[float, ...]
    open_top: bool = False
    open_bottom: bool = False


def table_of(grid: Grid, glyphs: Sequence[Glyph], page: Page) -> Table:
    """The table in a grid, filled with the glyphs that stand in it."""
    held: list[list[Glyph]] = [[] for _ in grid.cells]
    for word in _numbers_whole(glyphs, grid):
        at = _cell_of(word, grid)
        if at is not None:
            held[at] += word
    rows: list[list[TableCell]] = [[] for _ in grid.ys[1:]]
    for cell, inside in zip(grid.cells, held, strict=True):
        box = (cell.left, cell.top, cell.right, cell.bottom)
        runs = runs_of_cell(inside, box, page)
        rows[cell.row].append(
            TableCell(
                *(cell.row, cell.row_end, cell.left, cell.right),
                *(page.number, page.box(box), runs, _room(cell, inside)),
            )
        )
    return Table(tuple(map(tuple, rows)), grid.xs, grid.open_top, grid.open_bottom)


def _room(cell: Cell, glyphs: Sequence[Glyph]) -> Room | None:
    if not glyphs:
        return None
    size = size_of(glyphs)
    _, top, _, bottom = around(glyphs)
    last = max(glyph.right for glyph in glyphs if glyph.bottom >= bottom - size / 2)
    room = top - cell.top, cell.bottom - bottom, cell.right - last
    return Room(*(distance / size for distance in room))


def is_inside(glyph: Glyph, grid: Grid) -> bool:
    """Whether the middle of a glyph stands in a grid."""
    return grid.cell_at((glyph.left + glyph.right) / 2, middle(glyph)) is not None


def _numbers_whole(glyphs: Sequence[Glyph], grid: Grid) -> Iterable[list[Glyph]]:
    """Glyphs one by one, but digits that run across a line of the grid together."""
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and not _goes_on(word[-1], glyph):
            yield from _split(word, grid)
            word = []
        word.append(glyph)
    yield from _split(word, grid)


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    """Whether two glyphs, one drawn right after the other, are neighbours in a number."""
    if not (before.char.isdigit() and glyph.char.isdigit()) or glyph.spaced:
        return False
    height = glyph.bottom - glyph.top
    return (
        before.turns == glyph.turns == 0
        and glyph.order == before.order + 1
        and abs(middle(before) - middle(glyph)) < 0.1 * height
        and -0.1 * height < glyph.left - before.right < 0.1 * height
    )


def _split(word: Sequence[Glyph], grid: Grid) -> Iterable[list[Glyph]]:
    """A number as one if it begins and ends in two cells with nothing else, else its glyphs."""
    if len(word) > 1 and _cell_of(word[:1], grid) != _cell_of(word[-1:], grid):
        return [list(word)]
    return [[glyph] for glyph in word]


def _cell_of(word: Sequence[Glyph], grid: Grid) -> int | None:
    x = (word[0].left + word[-1].right) / 2
    return grid.cell_at(x, middle(word[0]))
