"""PDF: the text of a digital document, a table row a line and a cell boundary a tab.

Objects of a page -> glyphs and ruling lines -> lines of text and grids -> the flow over all pages
-> the document. Tables that go on over pages are one; a cell that spans rows or columns stands
where it begins. Everything in the text has its page and box.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium2  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.pdf.columns import Columns
from gouji.inference.readers.pdf.flow import Paragraph, flow
from gouji.inference.readers.pdf.judging import needs_recognition
from gouji.inference.readers.pdf.layout import Layout, layout_of
from gouji.inference.readers.pdf.opening import opened, opened_page, renderer, taken_apart
from gouji.inference.readers.pdf.tables import Table
from gouji.inference.readers.pdf.writing import Writing
from gouji.inference.readers.recognising import (
    INSTALL,
    Ocr,
    RecognisedPage,
    RecognisePage,
    Recognition,
    RenderPage,
    page_recogniser,
)
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat
from gouji.model.findings import Finding, finding

__all__ = ["PageReading", "RecognisedPage", "RenderPage", "page_reading", "read_pdf"]

_OPENED_FOR = 16  # pages; an opened file keeps what was loaded of every one
_PICTURED = 0.15  # the share of a page from which on a picture may hold a table


@dataclass(frozen=True, slots=True)
class PageReading:
    """How pages are read: `recognise` reads those without usable text, or `every` page.

    Without it they are left out, and the finding says what the `remedy` is, in Chinese.
    """

    recognise: RecognisePage | None = None
    every: bool = False
    remedy: str = INSTALL


@dataclass
class _Pages:
    """What has been read of the pages so far, and the numbers of those that could not be.

    `read` has them by number. `scanned` are those to be recognised; `pictured` those that were
    read off the file and show a picture besides.
    """

    read: dict[int, Layout | RecognisedPage] = field(default_factory=dict)
    scanned: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    n_glyphs: int = 0
    n_recognised: int = 0


def page_reading(recognition: Recognition, name: str) -> PageReading:
    """How the pages of the file of this name are read.

    Raises:
        UnsupportedFormat: every page is to be recognised, and nothing can recognise it.
    """
    return PageReading(
        page_recogniser(recognition, name),
        recognition.ocr is Ocr.ALWAYS,
        recognition.remedy or INSTALL,
    )


def read_pdf(
    data: bytes, source: Source, limits: Limits, reading: PageReading | None = None
) -> Document:
    """The document that the bytes of a PDF file hold; `reading` None reads no pictures.

    `source` is kept but for `pages` and `ocr`.

    Raises:
        Encrypted: the file needs a password.
        Corrupt: it is broken, or shows no text.
        UnsupportedFormat: every page with something on it needs recognition, and there is none.
        LimitExceeded: it has more pages, more pages to recognise, a page has more objects, or the
            text more characters than the limits allow, or a page is absurdly large.
    """
    name = source.name
    reading = reading or PageReading()
    with opened(data, name, limits) as file:
        n_pages = len(file)
        pages = _pages(file, name, limits, every=reading.every)
    if reading.recognise is not None:
        _recognise(data, pages, name, limits, reading.recognise)
    writing = _written([pages.read[number] for number in sorted(pages.read)])
    if not writing.text.strip():
        _refuse(pages, name, n_pages, reading.remedy)
    _limit(writing.n, name, limits)
    return Document(
        replace(source, pages=n_pages, ocr=pages.n_recognised > 0),
        writing.text,
        places=tuple(writing.places),
        alternatives=tuple(writing.alternatives),
        findings=tuple(_findings(pages, reading.remedy)),
    )


def _pages(file: pdfium2.PdfDocument, name: str, limits: Limits, *, every: bool) -> _Pages:
    """What the file itself says of all pages, each closed before the next is opened."""
    pages = _Pages()
    for number in range(1, len(file) + 1):
        with opened_page(file, number) as opened_one:
            if opened_one is None:
                pages.broken.append(number)
                continue
            page = taken_apart(opened_one, number, name, limits)
        pages.n_glyphs += len(page.glyphs)
        _limit(pages.n_glyphs, name, limits)
        if every or needs_recognition(page):
            pages.scanned.append(number)
            continue
        pages.read[number] = layout_of(page)
        if page.pictures >= _PICTURED:
            pages.pictured.append(number)
    return pages


def _recognise(
    data: bytes, pages: _Pages, name: str, limits: Limits, recognise: RecognisePage
) -> None:
    """Recognises the pages that need it, and takes them off the list."""
    limits.check_recognised(len(pages.scanned), name)
    n_chars = pages.n_glyphs
    for at in range(0, len(pages.scanned), _OPENED_FOR):
        with opened(data, name, limits) as file:
            for number in pages.scanned[at : at + _OPENED_FOR]:
                pages.read[number] = read = _recognised(file, number, name, recognise)
                n_chars += len(read.text)
                _limit(n_chars, name, limits)
    pages.n_recognised = len(pages.scanned)
    pages.scanned = []


def _recognised(
    file: pdfium2.PdfDocument, number: int, name: str, recognise: RecognisePage
) -> RecognisedPage:
    with opened_page(file, number) as page:
        assert page is not None, "a page that was taken apart can be opened"
        return recognise(renderer(page, number, name), number)


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


def _refuse(pages: _Pages, name: str, n_pages: int, remedy: str) -> None:
    """Say why there is no text.

    Raises:
        UnsupportedFormat: pages need recognition.
        Corrupt: there is nothing to read.
    """
    if pages.scanned:
        raise UnsupportedFormat(
            f"{name}：是扫描件或没有可用文字层的 PDF（共 {n_pages} 页）；{remedy}"
        )
    if pages.broken:
        raise Corrupt(f"{name}：PDF 的页面已损坏（共 {n_pages} 页）；请重新取得原文件")
    raise Corrupt(f"{name}：PDF 中没有文字；应为有内容的 PDF")


def _findings(pages: _Pages, remedy: str) -> list[Finding]:
    told = (
        (
            "R004",
            pages.pictured,
            "有图片，表格可能在图片里",
            "show pictures that may hold the tables",
        ),
        (
            "R005",
            pages.scanned,
            f"是图片或没有可用的文字层，没有读取；{remedy}",
            "are pictures or have no usable text layer and were not read",
        ),
        ("R006", pages.broken, "已损坏，没有读取", "are broken and were not read"),
    )
    return [
        finding(code, f"第 {listing(numbers)} 页{words}", f"pages {listing(numbers)} {words_en}")
        for code, numbers, words, words_en in told
        if numbers
    ]


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
