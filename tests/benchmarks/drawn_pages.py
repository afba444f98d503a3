"""Pages typeset from blocks: paragraphs and ruled tables with merged cells, drawn as pictures."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from tests.benchmarks.files import Block, Box, Boxes

_ZERO = re.compile(r"[0０](?:\.0+)?")
_PAGE_PT = (595.3, 841.9)
_MARGIN_PT = (62.0, 58.0)
_LEAST_COLUMN = 1.7  # of the size of the letters
_TALL = 4  # a cell over so many rows may be as narrow as one character


@dataclass(frozen=True, slots=True)
class Face:
    """A font file, and which of its faces."""

    path: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """How pages look; `digits` None takes the digits of the face of the words. Sizes in points."""

    words: Face
    digits: Face | None = None
    table_pt: float = 9.0
    prose_pt: float = 12.0
    rule_pt: float = 0.6
    dpi: int = 200


@cache
def _font(face: Face, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, pixels, index=face.index)


@dataclass
class _Press:
    """The page that is being drawn, and how far down it is full; lengths in pixels."""

    style: Style
    pages: list[Image.Image] = field(default_factory=list)
    y: float = 0.0

    def px(self, points: float) -> float:
        return points * self.style.dpi / 72

    @property
    def bottom(self) -> float:
        return self.px(_PAGE_PT[1] - _MARGIN_PT[1])

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.pages[-1])

    def new_page(self) -> None:
        width, height = (round(self.px(side)) for side in _PAGE_PT)
        self.pages.append(Image.new("L", (width, height), 255))
        self.y = self.px(_MARGIN_PT[1])

    def fonts(self, points: float) -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
        size = max(6, round(self.px(points)))
        words = _font(self.style.words, size)
        return words, _font(self.style.digits, size) if self.style.digits else words

    def width(self, text: str, points: float) -> float:
        words, digits = self.fonts(points)
        return sum((digits if c.isascii() else words).getlength(c) for c in text)

    def line(self, x: float, baseline: float, text: str, points: float) -> None:
        words, digits = self.fonts(points)
        for char in text:
            font = digits if char.isascii() else words
            self.draw.text((x, baseline), char, fill=0, font=font, anchor="ls")
            x += font.getlength(char)

    def wrapped(self, text: str, points: float, room: float) -> list[str]:
        lines, start, used = [], 0, 0.0
        for at, char in enumerate(text):
            wide = self.width(char, points)
            if used + wide > room and at > start:
                lines.append(text[start:at])
                start, used = at, 0.0
            used += wide
        return [*lines, text[start:]]


def typeset(blocks: Sequence[Block], style: Style) -> list[Image.Image]:
    """The blocks on as many A4 pages as they need, black on white (mode L)."""
    press = _Press(style)
    press.new_page()
    for block in blocks:
        if isinstance(block, str):
            _paragraph(press, block)
        else:
            _table(press, block)
    return press.pages


def _paragraph(press: _Press, text: str) -> None:
    points = press.style.prose_pt
    left = press.px(_MARGIN_PT[0])
    room = press.px(_PAGE_PT[0]) - 2 * left
    for line in press.wrapped(text.strip().lstrip("# "), points, room):
        if press.y + press.px(1.6 * points) > press.bottom:
            press.new_page()
        press.line(left, press.y + press.px(1.2 * points), line, points)
        press.y += press.px(1.6 * points)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of the grid: its text, first row and column, and what it spans."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


def _cells(table: Boxes) -> list[_Cell]:
    cells = []
    for r, row in enumerate(table):
        column = 0
        for box in row:
            if box.text is not None:
                cells.append(_Cell(box.text, r, column, box.rows, box.columns))
            column += box.columns
    return cells


def _widths(press: _Press, cells: Sequence[_Cell], n_columns: int) -> list[float]:
    """Widths of the columns, as wide together as the page is within its margins."""
    points = press.style.table_pt
    em = press.px(points)
    need = [_LEAST_COLUMN * em] * n_columns
    for cell in cells:
        if cell.columns == 1:
            is_number = cell.text.replace(".", "").isdecimal()
            wide = press.width(cell.text, points)
            shown = wide + 0.8 * em if is_number else min(wide, 4.2 * em) + 0.6 * em
            need[cell.column] = max(
                need[cell.column], _LEAST_COLUMN * em if cell.rows >= _TALL else shown
            )
    room = press.px(_PAGE_PT[0] - 2 * _MARGIN_PT[0])
    return [room * n / sum(need) for n in need]


def _table(press: _Press, table: Boxes) -> None:
    cells = _cells(table)
    points = press.style.table_pt
    edges = [press.px(_MARGIN_PT[0])]
    for width in _widths(press, cells, sum(box.columns for box in table[0])):
        edges.append(edges[-1] + width)
    lines = {cell: _in_cell(press, cell, edges) for cell in cells}
    heights = [press.px(1.9 * points)] * len(table)
    for cell in sorted(cells, key=lambda cell: cell.rows):
        room = sum(heights[cell.row : cell.row + cell.rows])
        high = press.px((1.25 * len(lines[cell]) + 0.6) * points)
        heights[cell.row + cell.rows - 1] += max(0.0, high - room)
    press.y += press.px(points)
    held = {
        row
        for cell in cells
        if 1 < cell.rows < _TALL
        for row in range(cell.row + 1, cell.row + cell.rows)
    }
    for first, last in _breaks(press, heights, held):
        tops = [press.y]
        for height in heights[first:last]:
            tops.append(tops[-1] + height)
        _draw_rows(press, cells, lines, edges, (first, tops))
        press.y = tops[-1]
    press.y += press.px(points)


def _in_cell(press: _Press, cell: _Cell, edges: Sequence[float]) -> list[str]:
    em = press.px(press.style.table_pt)
    room = edges[cell.column + cell.columns] - edges[cell.column] - 0.3 * em
    return press.wrapped(cell.text, press.style.table_pt, room)


def _breaks(
    press: _Press, heights: Sequence[float], held: Collection[int]
) -> Iterator[tuple[int, int]]:
    """Ranges of rows that fit onto the page; begins a new page between them.

    Rows in `held` stay with the one before them.
    """
    first = 0
    while first < len(heights):
        last, y = first, press.y
        while last < len(heights) and y + heights[last] <= press.bottom:
            y += heights[last]
            last += 1
        while last in held and last > first:
            last -= 1
        if last > first:
            yield first, last
        if last < len(heights):
            press.new_page()
        first = last


def _draw_rows(
    press: _Press,
    cells: Sequence[_Cell],
    lines: dict[_Cell, list[str]],
    edges: Sequence[float],
    shown: tuple[int, Sequence[float]],
) -> None:
    """The part of the table that stands on this page: its first row, and where its rows begin."""
    first, tops = shown
    last = first + len(tops) - 1
    rule = max(1, round(press.px(press.style.rule_pt)))
    for cell in cells:
        start, end = max(cell.row, first), min(cell.row + cell.rows, last)
        if start >= end:
            continue
        left, right = edges[cell.column], edges[cell.column + cell.columns]
        top, bottom = tops[start - first], tops[end - first]
        press.draw.rectangle(
            (left, top, right + rule - 1, bottom + rule - 1), outline=0, width=rule
        )
        if start == cell.row:
            _draw_text(press, lines[cell], (left, top, right, bottom))


def _draw_text(press: _Press, lines: Sequence[str], box: tuple[float, float, float, float]) -> None:
    points = press.style.table_pt
    left, top, right, bottom = box
    y = (top + bottom - press.px(1.25 * points) * len(lines)) / 2
    for line in lines:
        x = (left + right - press.width(line, points)) / 2
        press.line(x, y + press.px(1.05 * points), line, points)
        y += press.px(1.25 * points)


def without_zeros(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with every cell empty that holds zero."""
    return [
        block
        if isinstance(block, str)
        else [
            [Box("", b.rows, b.columns) if _ZERO.fullmatch(b.text or "") else b for b in row]
            for row in block
        ]
        for block in blocks
    ]
