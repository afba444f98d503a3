"""Assembly: the blocks of pages become the text of a document, as every other reader writes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from gouji.inference.readers.lines import Lines
from gouji.inference.readers.paragraphs import glue
from gouji.inference.scan.calibration import calibrated
from gouji.inference.scan.page import TAB, Block, Piece, ReadPage, read_page
from gouji.model.document import Alternatives, Document, Place, Source


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page; spans count its own characters, and it ends with a line end."""

    text: str
    places: tuple[Place, ...]
    alternatives: tuple[Alternatives, ...]


def recognise_page(image: NDArray[np.uint8], dpi: float | None, page: int) -> PageText:
    """The text of the picture of a page, its places, and the strings that its numbers may be.

    `image` is gray (height, width) or RGB (height, width, 3); `page` counts from 1. Boxes are in
    points from the top left of the picture, whichever way it is turned.

    Raises:
        ModuleNotFoundError: the package that ships the networks is not installed.
    """
    return page_text(read_page(image, dpi), page)


def page_text(read: ReadPage, page: int) -> PageText:
    """The blocks of a page as text, a row of a table a line and a cell boundary a tab."""
    lines = Lines()
    written: list[tuple[Place, Piece]] = []
    for block in read.blocks:
        if block.is_table:
            written += _write_table(lines, block)
            continue
        if block.goes_on:
            lines.words(glue(written[-1][1].text, block.rows[0][0].text))
        else:
            lines.block()
        written += _write_line(lines, block)
    lines.block()
    return PageText(
        lines.text,
        tuple(replace(place, page=page, box=piece.box) for place, piece in written),
        tuple(_alternatives(place, piece) for place, piece in written if piece.strings),
    )


def _write_table(lines: Lines, block: Block) -> list[tuple[Place, Piece]]:
    first = len(lines.places)
    lines.open_table()
    for row in block.rows:
        lines.open_row()
        for piece in row:
            lines.open_cell()
            lines.words(piece.text)
    lines.close_table()
    pieces = [piece for row in block.rows for piece in row]
    return list(zip(lines.places[first:], pieces, strict=True))


def _write_line(lines: Lines, block: Block) -> list[tuple[Place, Piece]]:
    written = []
    for piece in block.rows[0]:
        if piece.gap >= TAB:
            lines.tab()
        elif piece.gap:
            lines.words(" ")
        words = " ".join(piece.text.split())
        lines.words(words)
        written.append((Place((lines.n - len(words), lines.n)), piece))
    return written


def _alternatives(place: Place, piece: Piece) -> Alternatives:
    strings = tuple((text, log(p)) for text, p in calibrated(piece.strings) if p > 0)
    return Alternatives(place.span, strings)


def document_of(pages: Sequence[PageText], source: Source) -> Document:
    """The pages one after the other as a document; `source` is told that it was recognised."""
    places: list[Place] = []
    alternatives: list[Alternatives] = []
    n, n_tables = 0, 0
    for page in pages:
        places += [_moved(place, n, n_tables) for place in page.places]
        alternatives += [replace(a, span=(a.span[0] + n, a.span[1] + n)) for a in page.alternatives]
        n += len(page.text)
        n_tables += _tables(page.places)
    return Document(
        source=replace(source, pages=len(pages), ocr=True),
        text="".join(page.text for page in pages),
        places=tuple(places),
        alternatives=tuple(alternatives),
    )


def _moved(place: Place, n: int, n_tables: int) -> Place:
    table = None if place.table is None else place.table + n_tables
    return replace(place, span=(place.span[0] + n, place.span[1] + n), table=table)


def _tables(places: Iterable[Place]) -> int:
    return 1 + max((place.table for place in places if place.table is not None), default=-1)
