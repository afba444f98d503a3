"""PDF files by pdfium: opened, taken apart page by page, rendered, and closed in order.

pdfium is not safe for threads; each worker of gouji is a process.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
import pypdfium2 as pdfium2  # type: ignore[import-untyped]  # it carries no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.pdf.drawing import TooManyObjects, drawing_of
from gouji.inference.readers.pdf.glyphs import Raw, framed, main_turns, raw_glyphs
from gouji.inference.readers.pdf.page import Frame, Page
from gouji.inference.readers.recognising import Pixels, RenderPage
from gouji.model.errors import Corrupt, Encrypted, LimitExceeded

_MOST_SIDE_PT = 14_400  # 200 inches (ISO 32000-1, annex C.2)
_MOST_PIXELS = 100_000_000
_LOCKED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


@contextmanager
def opened(data: bytes, name: str, limits: Limits) -> Iterator[pdfium2.PdfDocument]:
    """The file with these bytes, closed at the end; `name` opens every message.

    Raises:
        Encrypted: it needs a password.
        Corrupt: it is broken beyond what pdfium mends, or has no pages.
        LimitExceeded: it has more pages than `limits.max_pages`.
    """
    try:
        document = pdfium2.PdfDocument(data)
    except pdfium2.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise Encrypted(f"{name}：是加密的 PDF，需要密码；请解除密码后再试") from error
        raise Corrupt(f"{name}：PDF 文件已损坏，无法打开；请重新取得原文件") from error
    with closing(document):
        n_pages = len(document)
        if n_pages < 1:
            raise Corrupt(f"{name}：PDF 中没有页面；应为有内容的 PDF")
        if n_pages > limits.max_pages:
            raise LimitExceeded(
                f"{name}：PDF 有 {n_pages} 页，超过上限 {limits.max_pages} 页；请拆分后再试"
            )
        yield document


@contextmanager
def opened_page(document: pdfium2.PdfDocument, number: int) -> Iterator[pdfium2.PdfPage | None]:
    """The page of this number, counted from 1, closed at the end; None if it is broken."""
    try:
        page = document[number - 1]
    except pdfium2.PdfiumError:
        yield None
        return
    with closing(page):
        yield page


def taken_apart(page: pdfium2.PdfPage, number: int, name: str, limits: Limits) -> Page:
    """What is drawn on a page.

    Raises:
        Corrupt: its text can't be loaded.
        LimitExceeded: it is larger than a page may be, or holds more objects than
            `limits.max_page_objects`.
    """
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    if not (0 < width <= _MOST_SIDE_PT and 0 < height <= _MOST_SIDE_PT):
        raise LimitExceeded(
            f"{name}：第 {number} 页大小为 {width:.0f}×{height:.0f} 磅，"
            f"应在 0 与 {_MOST_SIDE_PT} 磅之间"
        )
    shown = Frame(left, bottom, right, top, page.get_rotation() // 90 % 4)
    try:
        raw = _raw(page, limits.max_page_objects)
        frame = Frame(left, bottom, right, top, -main_turns(raw) % 4 if raw else shown.turns)
        drawing = drawing_of(page.raw, frame, limits.max_page_objects)
    except TooManyObjects as error:
        raise LimitExceeded(
            f"{name}：第 {number} 页的内容超过上限 {limits.max_page_objects} 个对象；请拆分后再试"
        ) from error
    except pdfium2.PdfiumError as error:
        raise Corrupt(f"{name}：第 {number} 页的文字已损坏；请重新取得原文件") from error
    return Page(
        number,
        shown,
        frame,
        tuple(framed(raw, frame)),
        tuple(drawing.horizontal),
        tuple(drawing.vertical),
        drawing.pictures,
        drawing.n_hidden / drawing.n_texts if drawing.n_texts else 0.0,
        drawing.n_curves,
    )


def renderer(page: pdfium2.PdfPage, number: int, name: str) -> RenderPage:
    """Renders a page while it is open.

    The renderer raises LimitExceeded where the picture would have too many pixels.
    """

    def render(dpi: int) -> Pixels:
        """Red, green and blue, (height, width, 3)."""
        width, height = page.get_size()
        if width * height * (dpi / 72) ** 2 > _MOST_PIXELS:
            raise LimitExceeded(
                f"{name}：第 {number} 页按 {dpi} dpi 成像超过 {_MOST_PIXELS} 个像素；"
                "请缩小页面后再试"
            )
        with closing(page.render(scale=dpi / 72, rev_byteorder=True)) as bitmap:
            return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)

    return render


def _raw(page: pdfium2.PdfPage, most: int) -> list[Raw]:
    with closing(page.get_textpage()) as text_page:
        if pdfium.FPDFText_CountChars(text_page) > most:
            raise TooManyObjects
        return raw_glyphs(text_page.raw)
