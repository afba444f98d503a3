"""Small PDF files drawn by hand, and what they are read as."""

import io
from collections.abc import Callable, Iterable

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # it carries no types
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import registerFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from gouji.inference.readers import Limits, read_bytes
from gouji.model.document import Document
from tests.benchmarks.typeset import FONT

WIDTH, HEIGHT = A4

Draw = Callable[[Canvas], None]
Words = Iterable[tuple[float, float, str]]
"""Left edge, and the distance of the line it stands on from the top, of each string."""


def pdf(*pages: Draw, size: tuple[float, float] = A4, **options: object) -> bytes:
    """A file with a page for each function that draws one."""
    registerFont(UnicodeCIDFont(FONT))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def words(canvas: Canvas, found: Words, size: float = 10.0) -> None:
    for x, y, text in found:
        canvas.setFont(FONT, size)
        canvas.drawString(x, HEIGHT - y, text)


def lines(canvas: Canvas, found: Iterable[tuple[float, float, float, float]]) -> None:
    """Lines from one point to another, counted from the top."""
    canvas.setLineWidth(0.5)
    for x0, y0, x1, y1 in found:
        canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)


def ruled(canvas: Canvas, xs: Iterable[float], ys: Iterable[float]) -> None:
    """A grid with lines at these places."""
    xs, ys = list(xs), list(ys)
    lines(canvas, [(xs[0], y, xs[-1], y) for y in ys])
    lines(canvas, [(x, ys[0], x, ys[-1]) for x in xs])


def opened(data: bytes, limits: Limits | None = None) -> Document:
    return read_bytes(data, "a.pdf", limits or Limits())
