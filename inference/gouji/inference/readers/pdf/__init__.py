"""PDF: the text of a digital document, a table row a line and a cell boundary a tab.

Objects of a page -> glyphs and ruling lines -> lines of text and grids -> the flow over all pages
-> the document. Tables that go on over pages are one; a cell that spans rows or columns stands
where it begins. Everything in the text has its page and box.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium2  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.pdf.columns import Columns
from gouji.inference.readers.pdf.flow import Paragraph, flow
from gouji.inference.readers.pdf.judging import needs_recognition
from gouji.inference.readers.pdf.layout import Layout, layout_of
from gouji.inference.readers.pdf.opening import (
    RenderPage,
    opened,
    opened_page,
    renderer,
    taken_apart,
)
from gouji.inference.readers.pdf.tables import Table
from gouji.inference.readers.pdf.writing import Writing
from gouji.model.document import Alternatives, Document, Place, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat
from gouji.model.findings import Finding, finding

__all__ = ["RecognisePage", "RecognisedPage", "RenderPage", "read_pdf"]


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What recognition makes of a page: rows as lines, a cell boundary a tab.

    Spans of places and alternatives count characters of `text`; boxes are in points from the top
    left corner of the page as a viewer shows it. Places are in the order of their end.
    """

    text: str
    places: tuple[Place, ...] = ()
    alternatives: tuple[Alternatives, ...] = ()


RecognisePage = Callable[[RenderPage, int], RecognisedPage]
"""Recognises a page, given what renders it and its number from 1."""


_INSTALL = "识别图片需要安装：pip install 'gouji[scan]'"
_PICTURED = 0.15  # the share of a page from which on a picture may hold a table


@dataclass
class _Pages:
    """What has been read of the pages so far, and the numbers of those that could not be.

    `pictured` are those that were read and show a picture besides.
    """

    read: list[Layout | RecognisedPage] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    n_glyphs: int = 0
    is_recognised: bool = False


def read_pdf(
    data: bytes, source: Source, limits: Limits, recognise_page: RecognisePage | None = None
) -> Document:
    """The document that the bytes of a PDF file hold.

    `source` is kept but for `pages` and `ocr`. Pages whose text can't be read off the file are
    given to `recognise_page`; without it they are left out, with a finding.

    Raises:
        Encrypted: the file needs a password.
        Corrupt: it is broken, or shows no text.
        UnsupportedFormat: every page with something on it needs recognition, and there is none.
        LimitExceeded: it has more pages, a page has more objects, or the text more characters than
            the limits allow, or a page is absurdly large.
    """
    name = source.name
    with opened(data, name, limits) as file:
        n_pages = len(file)
        pages = _pages(file, name, limits, recognise_page)
    writing = _written(pages.read)
    if not writing.text.strip():
        _refuse(pages, name, n_pages)
    _limit(writing.n, name, limits)
    return Document(
        replace(source, pages=n_pages, ocr=pages.is_recognised),
        writing.text,
        places=tuple(writing.places),
        alternatives=tuple(writing.alternatives),
        findings=tuple(_findings(pages)),
    )


def _pages(
    file: pdfium2.PdfDocument, name: str, limits: Limits, recognise_page: RecognisePage | None
) -> _Pages:
    """All pages, each closed before the next is opened."""
    pages = _Pages()
    for number in range(1, len(file) + 1):
        with opened_page(file, number) as opened_one:
            if opened_one is None:
                pages.broken.append(number)
                continue
            page = taken_apart(opened_one, number, name, limits)
            pages.n_glyphs += len(page.glyphs)
            _limit(pages.n_glyphs, name, limits)
            if not needs_recognition(page):
                pages.read.append(layout_of(page))
                if page.pictures >= _PICTURED:
                    pages.pictured.append(number)
            elif recognise_page is None:
                pages.scanned.append(number)
            else:
                pages.is_recognised = True
                pages.read.append(recognise_page(renderer(opened_one, number, name), number))
    return pages


def _limit(n_chars: int, name: str, limits: Limits) -> None:
    if n_chars > limits.max_chars:
        raise LimitExceeded(f"{name}：文字超过上限 {limits.max_chars} 个字符；请拆分后再试")


def _written(pages: Sequence[Layout | RecognisedPage]) -> Writing:
    writing = Writing()
    digital: list[Layout] = []
    for page in (*pages, None):
        if isinstance(page, Layout):
            digital.append(page)
            continue
        _write_digital(digital, writing)
        digital = []
        if page is not None:
            writing.recognised(page.text, page.places, page.alternatives)
    return writing


def _write_digital(layouts: Sequence[Layout], writing: Writing) -> None:
    for block in flow(layouts):
        if isinstance(block, Paragraph):
            writing.line(block.runs)
        elif isinstance(block, Table):
            writing.table(block)
        elif isinstance(block, Columns):
            writing.columns(block.rows)


def _refuse(pages: _Pages, name: str, n_pages: int) -> None:
    """Say why there is no text.

    Raises:
        UnsupportedFormat: pages need recognition.
        Corrupt: there is nothing to read.
    """
    if pages.scanned:
        raise UnsupportedFormat(
            f"{name}：是扫描件或没有可用文字层的 PDF（共 {n_pages} 页）；{_INSTALL}"
        )
    if pages.broken:
        raise Corrupt(f"{name}：PDF 的页面已损坏（共 {n_pages} 页）；请重新取得原文件")
    raise Corrupt(f"{name}：PDF 中没有文字；应为有内容的 PDF")


def _findings(pages: _Pages) -> list[Finding]:
    found = []
    if pages.pictured:
        listed = listing(pages.pictured)
        found.append(
            finding(
                "R004",
                f"第 {listed} 页有图片，表格可能在图片里",
                f"pages {listed} show pictures that may hold the tables",
            )
        )
    if pages.scanned:
        listed = listing(pages.scanned)
        found.append(
            finding(
                "R005",
                f"第 {listed} 页是图片或没有可用的文字层，没有读取；{_INSTALL}",
                f"pages {listed} are pictures or have no usable text layer and were not read",
            )
        )
    if pages.broken:
        listed = listing(pages.broken)
        found.append(
            finding(
                "R006",
                f"第 {listed} 页已损坏，没有读取",
                f"pages {listed} are broken and were not read",
            )
        )
    return found


def listing(numbers: Sequence[int]) -> str:
    """Rising numbers in few words.

    >>> listing([1, 3, 4, 5, 9])
    '1, 3-5, 9'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
