"""Reports typeset as PDF by a library: paragraphs, and tables ruled in several ways.

The one font is STSong-Light, which every viewer knows and no file carries: nothing has to be
installed.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # it carries no types
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.benchmarks.files import Block, Box, Boxes

FONT = "STSong-Light"
_LEADING = 1.25
_PAD = 2.5
_DESCENT = 0.22
_TALL_LABEL = 4  # rows from which on a label may be set upright
_WIDEST = 190.0


class Rules(StrEnum):
    """How tables are ruled."""

    LINES = "a stroke for each side of a cell"
    BOXES = "a stroked rectangle for each cell"
    THIN = "thin filled rectangles"
    NONE = "no lines"


class Labels(StrEnum):
    """How labels of many rows are set."""

    PLAIN = "in lines"
    UPRIGHT = "one letter a line"
    TURNED = "turned a quarter to the left"


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is set; sizes in points.

    `turns` quarter turns are undone by the page's own rotation if `rotated`, else the text lies on
    its side. `cut` lets the end of a page cut rows; with `heads` the rows above the first
    number are printed again on each page, if they are few. Pages that are not `packed` spell
    out what is drawn.
    """

    rules: Rules = Rules.LINES
    labels: Labels = Labels.PLAIN
    page: tuple[float, float] = A4
    turns: int = 0
    rotated: bool = True
    size: float = 10.5
    table_size: float = 9.0
    margin: float = 64.0
    footer: str = "- {} -"
    header: str = ""
    cut: bool = False
    heads: bool = False
    password: str | None = None
    packed: bool = True


@dataclass(frozen=True, slots=True)
class _Slice:
    """A part of a row on a page: from where to where, and how many lines are above it."""

    row: int
    top: float
    bottom: float
    skipped: int = 0
    n_lines: int = 10_000


def typeset(blocks: Sequence[Block], style: Style) -> bytes:
    """The blocks as a PDF file, the first of them a title."""
    registerFont(UnicodeCIDFont(FONT))
    return _Typesetter(style).pdf(blocks)


class _Typesetter:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.file = io.BytesIO()
        width, height = style.page
        lies = style.turns % 2 and not style.rotated  # else the library turns the edges itself
        size = (height, width) if lies else (width, height)
        self.canvas = Canvas(
            self.file,
            pagesize=size,
            encrypt=style.password,
            pageCompression=style.packed,
            invariant=1,
        )
        self.n_pages = 0
        self.n_head = 0
        self._begin()

    def pdf(self, blocks: Sequence[Block]) -> bytes:
        for number, block in enumerate(blocks):
            if not isinstance(block, str):
                self._table(block)
            elif number:
                self._paragraph(block)
            else:
                self._title(block)
        self.canvas.showPage()
        self.canvas.save()
        return self.file.getvalue()

    @property
    def _width(self) -> float:
        return self.style.page[0] - 2 * self.style.margin

    @property
    def _bottom(self) -> float:
        return self.style.page[1] - self.style.margin

    def _begin(self) -> None:
        style = self.style
        width, height = style.page
        self.n_pages += 1
        self.y = style.margin
        matrix = {
            1: (0, 1, -1, 0, height, 0),
            2: (-1, 0, 0, -1, width, height),
            3: (0, -1, 1, 0, 0, width),
        }
        if style.turns:
            self.canvas.transform(*matrix[style.turns])
            if style.rotated:
                self.canvas.setPageRotation(90 * style.turns)
        if style.header:
            self._text(style.header, style.margin, 30.0, 9.0)
        if style.footer:
            words = style.footer.format(self.n_pages)
            x = (width - stringWidth(words, FONT, 9.0)) / 2
            self._text(words, x, height - 32.0, 9.0)

    def _next_page(self) -> None:
        self.canvas.showPage()
        self._begin()

    def _text(self, words: str, x: float, y: float, size: float) -> None:
        """Words from a point of the line they stand on, counted from the top."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.style.page[1] - y, words)

    def _title(self, words: str) -> None:
        size = 1.6 * self.style.size
        for line in wrapped(words, size, self._width):
            x = (self.style.page[0] - stringWidth(line, FONT, size)) / 2
            for shift in (0.0, 0.3):  # bold
                self._text(line, x + shift, self.y + size, size)
            self.y += _LEADING * size
        self.y += size

    def _paragraph(self, words: str) -> None:
        size = self.style.size
        for line in wrapped("\u3000\u3000" + words, size, self._width):
            if self.y + _LEADING * size > self._bottom:
                self._next_page()
            indent = len(line) - len(line.lstrip("\u3000"))
            x = self.style.margin + indent * size
            self._text(line.strip("\u3000"), x, self.y + size, size)
            self.y += 1.5 * size

    def _table(self, table: Boxes) -> None:
        cells = list(_places(table))
        widths = self._widths(cells)
        lefts = [self.style.margin + sum(widths[:i]) for i in range(len(widths) + 1)]
        lines = {
            (row, column): self._lines(box, sum(widths[column : column + box.columns]))
            for row, column, box in cells
        }
        heights = self._heights(cells, lines, len(table))
        self.n_head = _head(table) if self.style.heads else 0
        if self.n_head and self.y + sum(heights[: self.n_head + 1]) > self._bottom:
            self._next_page()
        slices: list[_Slice] = []
        for row, height in enumerate(heights):
            room = self._bottom - self.y
            first = int((room - 2 * _PAD) / (_LEADING * self.style.table_size))
            if (
                height > room
                and self.style.cut
                and row >= self.n_head
                and 0 < first < self._most(lines, row)
            ):
                slices.append(_Slice(row, self.y, self._bottom, 0, first))
                height -= first * _LEADING * self.style.table_size
                self._end_page(cells, lefts, lines, slices)
                slices = [_Slice(row, self.y, self.y + height, first)]
            else:
                if height > room:
                    self._end_page(cells, lefts, lines, slices)
                    slices = []
                    for head in range(self.n_head if row > self.n_head else 0):
                        slices.append(_Slice(head, self.y, self.y + heights[head]))
                        self.y += heights[head]
                slices.append(_Slice(row, self.y, self.y + height))
            self.y += height
        self._draw(cells, lefts, lines, slices)
        self.y += 8

    def _end_page(
        self,
        cells: Sequence[tuple[int, int, Box]],
        lefts: Sequence[float],
        lines: dict[tuple[int, int], list[str]],
        slices: Sequence[_Slice],
    ) -> None:
        self._draw(cells, lefts, lines, slices)
        self._next_page()

    def _most(self, lines: dict[tuple[int, int], list[str]], row: int) -> int:
        return max(len(found) for (at, _), found in lines.items() if at == row)

    def _widths(self, cells: Sequence[tuple[int, int, Box]]) -> list[float]:
        size = self.style.table_size
        n = max(column + box.columns for _, column, box in cells)
        widths = [2.6 * size] * n
        for _, column, box in cells:
            if box.columns == 1 and not self._is_set_up(box):
                wish = stringWidth(box.text or "", FONT, size) + 3 * _PAD
                widths[column] = max(widths[column], min(wish, _WIDEST))
        return [width * self._width / sum(widths) for width in widths]

    def _is_set_up(self, box: Box) -> bool:
        return self.style.labels is not Labels.PLAIN and box.rows >= _TALL_LABEL

    def _lines(self, box: Box, width: float) -> list[str]:
        words = box.text or ""
        if self._is_set_up(box) and self.style.labels is Labels.UPRIGHT:
            return list(words)
        if self._is_set_up(box):
            return [words]
        return wrapped(words, self.style.table_size, width - 2 * _PAD)

    def _heights(
        self,
        cells: Sequence[tuple[int, int, Box]],
        lines: dict[tuple[int, int], list[str]],
        n_rows: int,
    ) -> list[float]:
        leading = _LEADING * self.style.table_size
        heights = [leading + 2 * _PAD] * n_rows
        for row, column, box in sorted(cells, key=lambda cell: cell[2].rows):
            need = len(lines[row, column]) * leading + 2 * _PAD
            last = row + box.rows - 1
            heights[last] += max(0.0, need - sum(heights[row : last + 1]))
        return heights

    def _draw(
        self,
        cells: Sequence[tuple[int, int, Box]],
        lefts: Sequence[float],
        lines: dict[tuple[int, int], list[str]],
        slices: Sequence[_Slice],
    ) -> None:
        """The cells as far as they stand on this page; what has no room left goes on the next."""
        for row, column, box in cells:
            of_cell = [part for part in slices if row <= part.row < row + box.rows]
            if not of_cell:
                continue
            right = lefts[column + box.columns]
            edges = lefts[column], of_cell[0].top, right, of_cell[-1].bottom
            self._rule(edges)
            rest = lines[row, column]
            if box.rows == 1:
                part = of_cell[0]
                self._fill(edges, rest[part.skipped : part.skipped + part.n_lines], box)
            else:
                leading = _LEADING * self.style.table_size
                n = int((edges[3] - edges[1]) / leading)
                if of_cell[0].row > row:  # what goes on stands at the top
                    edges = (*edges[:3], edges[1] + 2 * _PAD + len(rest[:n]) * leading)
                self._fill(edges, rest[:n], box)
                lines[row, column] = rest if row < self.n_head else rest[n:]

    def _rule(self, edges: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = edges
        height = self.style.page[1]
        rules, canvas = self.style.rules, self.canvas
        canvas.setLineWidth(0.5)
        if rules is Rules.BOXES:
            canvas.rect(left, height - bottom, right - left, bottom - top)
            return
        for x0, y0, x1, y1 in (
            (left, top, right, top),
            (left, bottom, right, bottom),
            (left, top, left, bottom),
            (right, top, right, bottom),
        ):
            if rules is Rules.LINES:
                canvas.line(x0, height - y0, x1, height - y1)
            elif rules is Rules.THIN:
                canvas.rect(x0, height - y1, x1 - x0 + 0.48, y1 - y0 + 0.48, stroke=0, fill=1)

    def _fill(
        self, edges: tuple[float, float, float, float], lines: Sequence[str], box: Box
    ) -> None:
        left, top, right, bottom = edges
        size = self.style.table_size
        leading = _LEADING * size
        if self._is_set_up(box) and self.style.labels is Labels.TURNED:
            self._turned(edges, lines[0] if lines else "")
            return
        y = (top + bottom - len(lines) * leading) / 2
        for line in lines:
            x = left + _PAD
            if box.columns > 1 or line.isascii() or self._is_set_up(box):
                x = (left + right - stringWidth(line, FONT, size)) / 2
            self._text(line, x, y + size * (1 - _DESCENT) + (leading - size) / 2, size)
            y += leading

    def _turned(self, edges: tuple[float, float, float, float], words: str) -> None:
        """Words that read upwards, in as many lines side by side as they need."""
        left, top, right, bottom = edges
        size = self.style.table_size
        lines = wrapped(words, size, bottom - top - 2 * _PAD)
        for number, line in enumerate(lines):
            length = stringWidth(line, FONT, size)
            middle = (left + right) / 2 + (number - (len(lines) - 1) / 2) * size
            self.canvas.saveState()
            self.canvas.translate(
                middle + size * (0.5 - _DESCENT),
                self.style.page[1] - (top + bottom + length) / 2,
            )
            self.canvas.rotate(90)
            self.canvas.setFont(FONT, size)
            self.canvas.drawString(0, 0, line)
            self.canvas.restoreState()


def _head(table: Boxes) -> int:
    """How many rows stand above the first one with a number; 0 where that is half of the table."""
    n = next(
        (i for i, row in enumerate(table) if any((box.text or "").isdigit() for box in row)), 0
    )
    return n if 2 * n <= len(table) else 0


def _places(table: Boxes) -> Iterator[tuple[int, int, Box]]:
    """Row, column and box of every cell of a table; those that a cell above covers have no text."""
    for row, boxes in enumerate(table):
        column = 0
        for box in boxes:
            if box.text is not None:
                yield row, column, box
            column += box.columns


def wrapped(words: str, size: float, width: float) -> list[str]:
    """Words cut into lines of a width; numbers are not cut unless one alone is too long."""
    lines: list[str] = []
    line = ""
    for word in _words(words):
        if line and stringWidth(line + word, FONT, size) > width:
            lines.append(line)
            line = ""
        line += word
        while len(line) > 1 and stringWidth(line, FONT, size) > width:
            n = next(
                n
                for n in range(len(line), 0, -1)
                if n == 1 or stringWidth(line[:n], FONT, size) <= width
            )
            lines.append(line[:n])
            line = line[n:]
    return [*lines, line] if line or not lines else lines


def _words(words: str) -> Iterator[str]:
    word = ""
    for char in words:
        if char.isascii() and char.isalnum():
            word += char
            continue
        if word:
            yield word
            word = ""
        yield char
    if word:
        yield word
