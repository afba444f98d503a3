"""The layout of a page: its lines of text and its tables, from top to bottom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gouji.inference.readers.pdf.columns import Columns, with_columns
from gouji.inference.readers.pdf.grid import Grid, find_grids
from gouji.inference.readers.pdf.page import OBLIQUE, Glyph, Page
from gouji.inference.readers.pdf.tables import Table, is_inside, table_of
from gouji.inference.readers.pdf.words import (
    Line,
    Run,
    around,
    by_turns,
    lines_of,
    run_of,
    size_of,
    spelled,
    turned,
)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text outside of tables, with its edges in its frame and the size of its letters."""

    run: Run
    left: float
    top: float
    right: float
    bottom: float
    size: float


Item = TextLine | Table | Columns


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands on a page from top to bottom, and the size of the page in points."""

    number: int
    size: tuple[float, float]
    items: tuple[Item, ...]
    marks: tuple[TextLine, ...] = ()
    """Text that stands askew or turned outside of tables, as that of a watermark does."""


def layout_of(page: Page) -> Layout:
    """The layout of a page."""
    grids = find_grids(page.horizontal, page.vertical)
    inside: list[list[Glyph]] = [[] for _ in grids]
    outside: list[Glyph] = []
    marks: list[Glyph] = []
    for glyph in page.glyphs:
        at = next((i for i, grid in enumerate(grids) if is_inside(glyph, grid)), None)
        if glyph.turns == OBLIQUE or (at is None and glyph.turns):
            marks.append(glyph)
        else:
            (outside if at is None else inside[at]).append(glyph)
    placed: list[tuple[float, Item]] = [
        (grid.ys[0], table_of(grid, glyphs, page))
        for grid, glyphs in zip(grids, inside, strict=True)
    ]
    for lines in _between(lines_of(outside), grids):
        placed += _items(lines, page)
    items = tuple(item for _, item in sorted(placed, key=lambda entry: entry[0]))
    return Layout(page.number, page.frame.size, items, tuple(_marks(marks, page)))


def _between(lines: Sequence[Line], grids: Iterable[Grid]) -> list[list[Line]]:
    """The lines in stretches that no table interrupts."""
    tops = [grid.ys[0] for grid in grids]
    stretches: dict[int, list[Line]] = {}
    for line in lines:
        n_above = sum(top < line[0].bottom for top in tops)
        stretches.setdefault(n_above, []).append(line)
    return list(stretches.values())


def _items(lines: Sequence[Line], page: Page) -> Iterable[tuple[float, Item]]:
    for item in with_columns(lines, page):
        if isinstance(item, Columns):
            yield item.top, item
        else:
            line = _text_line(item, page)
            yield line.top, line


def _text_line(line: Line, page: Page) -> TextLine:
    return TextLine(run_of(line, page), *around(line), size_of(line))


def _marks(glyphs: Sequence[Glyph], page: Page) -> Iterable[TextLine]:
    for turns, group in by_turns(glyphs):
        for line in [tuple(group)] if turns == OBLIQUE else lines_of(map(turned, group)):
            order = {glyph.order for glyph in line}
            box = around(glyph for glyph in group if glyph.order in order)
            text = "".join(g.char for g in line) if turns == OBLIQUE else spelled(line)
            yield TextLine(Run(text, page.number, page.box(box)), *box, size_of(line))
