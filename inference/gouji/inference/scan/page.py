"""A page: its picture becomes blocks of text, whichever way it lies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.bending import made_plane
from gouji.inference.scan.decoding import Strings
from gouji.inference.scan.detection import find_lines
from gouji.inference.scan.geometry import DPI, Pixels, Sheet, around, likely_dpi, straightened
from gouji.inference.scan.hearing import hear
from gouji.inference.scan.ink import cut_out
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.paper import Paper, found_paper, pages_on, turned
from gouji.inference.scan.paragraphs import Written, going_on
from gouji.inference.scan.reading import Heard, Line
from gouji.inference.scan.rulings import find_grids, find_rulings
from gouji.inference.scan.stacks import unstacked
from gouji.inference.scan.tables import InkedCell, ReadCell, as_numerals, inked_cells, parted
from gouji.model.document import Box

_LEGIBLE = 0.8  # the mean over its characters of a page that lies the right way up
_TURNS = (0, 2, 1, 3)
_APART = 0.5  # the gap, in heights, from which on boxes may stand in columns of their own
_LEAST_PX = 24  # the shorter side of a page that anything could be written on


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell, or a box of a line: what it says, where it stands (points), what else it may say."""

    text: str
    box: Box
    strings: Strings = ()
    gap: float = 0.0


Row = tuple[Piece, ...]
TAB = 1.0
"""The gap, in heights, from which on two boxes of a line stand in columns of their own."""


@dataclass(frozen=True, slots=True)
class Block:
    """A line outside the tables (one row), or a table.

    A line that `goes_on` belongs to the paragraph of the one before.
    """

    rows: tuple[Row, ...]
    is_table: bool
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The blocks of a page from top to bottom; `legibility` from 0 to 1 tells how well it reads."""

    blocks: tuple[Block, ...]
    legibility: float


def read_page(image: NDArray[np.uint8], dpi: float | None) -> ReadPage:
    """What a page says; `image` is gray (height, width) or RGB (height, width, 3).

    A page that does not read well is tried the other ways round. `dpi` None, or one that can't be
    true, stands for a page of size A4.

    Raises:
        ModuleNotFoundError: the package that ships the networks is not installed.
    """
    resolution = likely_dpi(image.shape[:2], dpi)
    if min(image.shape[:2]) * min(1.0, DPI / resolution) < _LEAST_PX:
        return ReadPage((), 1.0)
    paper = found_paper(image)
    best: ReadPage | None = None
    for turns in _TURNS:
        page = _together(map(_read, _sheets(turned(paper, turns), resolution, dpi)))
        if page.legibility >= _LEGIBLE:
            return page
        if best is None or page.legibility > best.legibility:
            best = page
    assert best is not None
    return best


def _sheets(paper: Paper, resolution: float, told: float | None) -> Iterator[Sheet]:
    """The pages on paper that was found in a picture of this resolution."""
    to_points = np.diag([72 / resolution, 72 / resolution, 1.0])
    for part in pages_on(paper):
        dpi = likely_dpi(part.pixels.shape[:2], None if part.is_cut_out else told)
        yield made_plane(straightened(part.pixels, dpi, to_points @ part.back))


def _together(parts: Iterable[tuple[list[Block], list[Heard]]]) -> ReadPage:
    blocks: list[Block] = []
    heard: list[Heard] = []
    for own_blocks, own_heard in parts:
        blocks += own_blocks
        heard += own_heard
    return ReadPage(tuple(blocks), _legibility(heard))


def _read(sheet: Sheet) -> tuple[list[Block], list[Heard]]:
    """The blocks of a page from top to bottom, and all that it says."""
    grids = find_grids(sheet, find_rulings(sheet))
    tables = [inked_cells(sheet, grid) for grid in grids]
    lines = find_lines(sheet, grids)
    boxes = [(line, cell.within) for cells in tables for cell in cells for line in cell.lines]
    crops = [cut_out(sheet.gray, *box) for box in boxes]
    crops += [_cropped(sheet.gray, box) for line in lines for box in line]
    heard = hear(crops, len(boxes))
    at = iter(range(len(crops)))
    placed: list[tuple[int, Block, Written | None]] = []
    for grid, cells in zip(grids, tables, strict=True):
        taken = [[next(at) for _ in cell.lines] for cell in cells]
        read = [
            ReadCell(cell, tuple(heard[i] for i in own))
            for cell, own in zip(cells, taken, strict=True)
        ]
        settled = as_numerals(unstacked(tuple(parted(read))))
        continued = not placed and all(box[3] > grid.ys[0] for line in lines for box in line)
        shown = [cell for cell in settled if not (continued and _goes_on(cell))]
        placed.append((grid.ys[0], Block(tuple(_rows(sheet, shown)), True), None))
    for line in lines:
        row = _row(sheet, line, [heard[next(at)].line for _ in line])
        if row:
            placed.append((min(box[1] for box in line), Block((row,), False), _written(row, line)))
    placed.sort(key=lambda entry: entry[0])
    goes_on = going_on([written for *_, written in placed], sheet.gray.shape[1])
    blocks = [
        replace(block, goes_on=is_rest)
        for (_, block, _), is_rest in zip(placed, goes_on, strict=True)
    ]
    return blocks, heard


def _written(row: Row, boxes: Sequence[Pixels]) -> Written | None:
    """A line as one of words; None if they are numbers, or may stand in columns."""
    if any(piece.strings or piece.gap >= _APART for piece in row):
        return None
    return Written("".join(piece.text for piece in row), around(boxes))


def _cropped(gray: Gray, box: Pixels) -> Gray:
    left, top, right, bottom = box
    return gray[top:bottom, left:right]


def _rows(sheet: Sheet, cells: Sequence[ReadCell]) -> Iterator[Row]:
    """The cells by the row in which they begin."""
    rows: dict[int, list[Piece]] = {}
    for cell in cells:
        rows.setdefault(cell.inked.cell.row, []).append(_piece(sheet, cell))
    yield from (tuple(rows[number]) for number in sorted(rows))


def _goes_on(cell: ReadCell) -> bool:
    """Whether a cell at the top of a page is the rest of a merged one on the page before."""
    return cell.is_empty and cell.inked.cell.row == 0 and cell.inked.cell.rows > 1


def _piece(sheet: Sheet, cell: ReadCell) -> Piece:
    strings = cell.heard[0].line.strings if cell.is_numeral else ()
    return Piece(cell.text, sheet.box(_covered(cell.inked)), strings)


def _covered(cell: InkedCell) -> Pixels:
    """The box around the lines of a cell, or the cell if it is empty."""
    if not cell.lines:
        return cell.cell.box
    return around(cell.lines)


def _row(sheet: Sheet, boxes: Sequence[Pixels], lines: Sequence[Line]) -> Row:
    """The boxes of a line that say something, each with its gap to the one before, in heights."""
    pieces: list[Piece] = []
    end: int | None = None
    for box, line in zip(boxes, lines, strict=True):
        if not line.text:
            continue
        gap = 0.0 if end is None else (box[0] - end) / (box[3] - box[1])
        pieces.append(Piece(line.text, sheet.box(box), line.strings, gap))
        end = box[2]
    return tuple(pieces)


def _legibility(heard: Sequence[Heard]) -> float:
    """The mean of how sure the characters are; 0.0 without any, 1.0 where nothing is written."""
    if not heard:
        return 1.0
    lines = [one.line for one in heard]
    n = sum(len(line.text) for line in lines)
    return sum(line.sure * len(line.text) for line in lines) / n if n else 0.0
