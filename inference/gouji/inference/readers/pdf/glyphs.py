"""The characters of a page with their boxes, as the text layer gives them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from ctypes import c_double
from math import hypot, pi
from typing import Any
from unicodedata import east_asian_width

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.pdf.characters import plain
from gouji.inference.readers.pdf.page import OBLIQUE, Frame, Glyph
from gouji.model.document import Box

_QUARTER = pi / 2
_ASKEW = 0.05  # of a quarter turn, within which a character still counts as straight
_LOW = 0.7  # of the size of its font, how high the box of a character is at least
_DESCENT = 0.12  # of that size, how far it reaches below the line it is drawn on
_LEAST_PT = 0.2  # no side of a character that can be seen is shorter
_HYPHEN = 2  # what pdfium makes of a hyphen at the end of a line
_SURROGATES = range(0xD800, 0xDC00)

Raw = tuple[str, int, float, float, float, float, bool]
"""Character, turns, and left, bottom, right and top in user space; whether a blank came before."""


def raw_glyphs(text_page: Any) -> list[Raw]:
    """The characters of a text page in the order of drawing, but for blanks."""
    found: list[Raw] = []
    spaced = False
    for index, char in _chars(text_page):
        if char.isspace():
            spaced = spaced or not pdfium.FPDFText_IsGenerated(text_page, index)
            continue
        box = _box(text_page, index, char)
        if box is None:
            continue
        turns = _turns(pdfium.FPDFText_GetCharAngle(text_page, index))
        left, bottom, right, top = box
        width = (right - left) / max(len(char), 1)
        for number, letter in enumerate(char):
            at = left + number * width
            found.append((letter, turns, at, bottom, at + width, top, spaced))
            spaced = False
    return found


def main_turns(raw: Sequence[Raw]) -> int:
    """By how many quarter turns clockwise most characters stand off upright; 0 without any."""
    counted = Counter(glyph[1] for glyph in raw if glyph[1] != OBLIQUE)
    return counted.most_common(1)[0][0] if counted else 0


def framed(raw: Sequence[Raw], frame: Frame) -> Iterator[Glyph]:
    """The characters that can be seen: their middle lies on the page, and they have a height."""
    width, height = frame.size
    for order, (char, turns, left, bottom, right, top, spaced) in enumerate(raw):
        x0, y0 = frame.point(left, bottom)
        x1, y1 = frame.point(right, top)
        is_on_page = 0 <= (x0 + x1) / 2 <= width and 0 <= (y0 + y1) / 2 <= height
        if is_on_page and min(abs(x0 - x1), abs(y0 - y1)) >= _LEAST_PT:
            seen = turns if turns == OBLIQUE else (turns + frame.turns) % 4
            box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
            yield Glyph(char, *box, seen, order, spaced)


def _chars(text_page: object) -> Iterator[tuple[int, str]]:
    """Index and text of every character; that of a surrogate pair is told once."""
    count = max(pdfium.FPDFText_CountChars(text_page), 0)
    codes = [pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count)]
    high = 0
    for index, code in enumerate(codes):
        if code in _SURROGATES:
            high = code
            continue
        if high and 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        yield index, plain(code if code != _HYPHEN else ord("-"))


def _box(text_page: object, index: int, char: str) -> Box | None:
    """Left, bottom, right and top of a character in user space, as high as its font is.

    Where the font says nothing of its height, pdfium gives the box around the ink: a line for `一`.
    Then the box is set around the place where the character was drawn.
    """
    loose = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(text_page, index, loose):
        return None
    box = loose.left, loose.bottom, loose.right, loose.top
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text_page, index) * hypot(matrix.c, matrix.d)
    across = hypot(matrix.a * (box[2] - box[0]), matrix.b * (box[3] - box[1]))
    high = abs(matrix.d * (box[3] - box[1])) + abs(matrix.c * (box[2] - box[0]))
    if high >= _LOW * size * hypot(matrix.c, matrix.d) or not hypot(matrix.a, matrix.b):
        return box
    x, y = c_double(), c_double()
    if not pdfium.FPDFText_GetCharOrigin(text_page, index, x, y):
        return box
    length = (
        size if east_asian_width(char[:1] or " ") in "WF" else across / hypot(matrix.a, matrix.b)
    )
    return _around(x.value, y.value, length, size, matrix)


def _around(x: float, y: float, length: float, size: float, matrix: Any) -> Box:
    """The box of a character that is drawn at a point, as long and high as given."""
    along, up = hypot(matrix.a, matrix.b), hypot(matrix.c, matrix.d)
    corners = [
        (
            x + s * length * matrix.a / along + t * size * matrix.c / up,
            y + s * length * matrix.b / along + t * size * matrix.d / up,
        )
        for s in (0, 1)
        for t in (-_DESCENT, 1 - _DESCENT)
    ]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _turns(angle: float) -> int:
    """Quarter turns clockwise of an angle in radians."""
    quarters = angle / _QUARTER
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) <= _ASKEW else OBLIQUE
