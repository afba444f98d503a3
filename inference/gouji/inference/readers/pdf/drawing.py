"""The ruling lines of a page and how much of it is pictures, from the objects drawn on it."""

from collections.abc import Iterator, Sequence
from ctypes import c_float, c_int
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.pdf.page import Frame, Stroke

_THIN_PT = 3.0  # a rectangle no wider is a line
_STRAIGHT_PT = 0.7  # a line no further off its axis is along it
_DEEPEST = 8  # forms within forms

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Point = tuple[float, float]


class TooManyObjects(Exception):
    """More is drawn on a page than may be."""


@dataclass
class Drawing:
    """What has been found on a page so far; `most` is how much more may be looked at."""

    frame: Frame
    most: int
    horizontal: list[Stroke] = field(default_factory=list)
    vertical: list[Stroke] = field(default_factory=list)
    pictures: float = 0.0
    n_texts: int = 0
    n_hidden: int = 0
    n_curves: int = 0

    def look(self, n: int) -> None:
        """Counts what is looked at.

        Raises:
            TooManyObjects: it is more than may be.
        """
        self.most -= n
        if self.most < 0:
            raise TooManyObjects

    def line(self, start: Point, end: Point) -> None:
        """A line, or a rectangle by two opposite corners, if it is thin and along an axis.

        Only what lies on the page counts.
        """
        (x0, y0), (x1, y1) = self.frame.point(*start), self.frame.point(*end)
        width, height = self.frame.size
        left, right = max(min(x0, x1), 0.0), min(max(x0, x1), width)
        top, bottom = max(min(y0, y1), 0.0), min(max(y0, y1), height)
        if left > right or top > bottom:
            return
        if bottom - top <= _THIN_PT and right - left >= bottom - top:
            self.horizontal.append(Stroke((top + bottom) / 2, left, right))
        if right - left <= _THIN_PT and bottom - top >= right - left:
            self.vertical.append(Stroke((left + right) / 2, top, bottom))


def drawing_of(page: object, frame: Frame, most: int) -> Drawing:
    """What is drawn on a page besides its text, seen in a frame.

    Raises:
        TooManyObjects: there are more than `most` objects and points of lines.
    """
    drawing = Drawing(frame, most)
    _look_at(_objects_of_page(page), _SAME, drawing, _DEEPEST)
    return drawing


def _objects_of_page(page: object) -> Iterator[object]:
    for index in range(max(pdfium.FPDFPage_CountObjects(page), 0)):
        yield pdfium.FPDFPage_GetObject(page, index)


def _objects_of_form(form: object) -> Iterator[object]:
    for index in range(max(pdfium.FPDFFormObj_CountObjects(form), 0)):
        yield pdfium.FPDFFormObj_GetObject(form, index)


def _look_at(objects: Iterator[object], matrix: Matrix, drawing: Drawing, depth: int) -> None:
    for item in objects:
        drawing.look(1)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _look_at_path(item, matrix, drawing)
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            drawing.n_texts += 1
            mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
            drawing.n_hidden += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            drawing.pictures = max(drawing.pictures, _share(item, matrix, drawing.frame))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            inner = _product(_matrix(item), matrix)
            _look_at(_objects_of_form(item), inner, drawing, depth - 1)


def _look_at_path(path: object, matrix: Matrix, drawing: Drawing) -> None:
    """Notes the lines of a path: those that are stroked, and thin shapes that are filled."""
    fill, stroke = c_int(), c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or not (fill.value or stroke.value):
        return
    left, bottom, right, top = bounds = _bounds(path)
    if min(right - left, top - bottom) <= _THIN_PT and any(bounds):
        drawing.line(_moved((left, bottom), matrix), _moved((right, top), matrix))
        return
    count = max(pdfium.FPDFPath_CountSegments(path), 0)
    drawing.look(count)
    own = _product(_matrix(path), matrix)
    for points, is_curved in _outlines(path, count, own):
        drawing.n_curves += is_curved
        if is_curved:
            continue
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN_PT:
            drawing.line((min(xs), min(ys)), (max(xs), max(ys)))
        elif stroke.value:
            for start, end in pairwise(points):
                if min(abs(start[0] - end[0]), abs(start[1] - end[1])) <= _STRAIGHT_PT:
                    drawing.line(start, end)


def _outlines(path: object, count: int, matrix: Matrix) -> Iterator[tuple[list[Point], bool]]:
    """The points of each part of a path, and whether it has curves."""
    a, b, c, d, e, f = matrix
    points: list[Point] = []
    is_curved = False
    x, y = c_float(), c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points, is_curved
            points, is_curved = [], False
        if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        is_curved = is_curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        if pdfium.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if points:
        yield points, is_curved


def _share(image: object, matrix: Matrix, frame: Frame) -> float:
    """The share of the page that a picture covers, by the box around it."""
    left, bottom, right, top = _bounds(image)
    corners = [frame.point(*_moved((x, y), matrix)) for x in (left, right) for y in (bottom, top)]
    sides = [
        max(0.0, min(max(values), most) - max(min(values), 0.0))
        for values, most in zip(zip(*corners, strict=True), frame.size, strict=True)
    ]
    width, height = frame.size
    return float(sides[0] * sides[1] / (width * height))


def _bounds(item: object) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an object, without what it stands in; zeros if unknown."""
    edges = c_float(), c_float(), c_float(), c_float()
    pdfium.FPDFPageObj_GetBounds(item, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _matrix(item: object) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(inner: Sequence[float], outer: Sequence[float]) -> Matrix:
    """The matrix that applies `inner` first (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        *(a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s),
        *(e * p + f * r + t, e * q + f * s + u),
    )


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f
