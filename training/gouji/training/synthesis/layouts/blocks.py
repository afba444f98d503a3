"""Building blocks of the layouts: lines of pieces, widths on the page, broken titles."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width

from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Value

Line = list[Piece]

_UNIT = re.compile(r"[（(“《]*(?:[\d.]+、?|[A-Za-z]+|.)[）)”》、，。；：]*", re.DOTALL)


def printed(value: Value) -> Piece:
    """The piece of a value."""
    return Piece(value.text, cell=value.cell)


@lru_cache(maxsize=1 << 12)
def width_of(text: str) -> int:
    """How many half-width columns the text takes on the page.

    >>> width_of("总计 12")
    7
    """
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def broken(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, brackets and stops kept with their words.

    >>> broken("（一）予以公开", 8)
    ['（一）予', '以公开']
    """
    lines: list[str] = []
    for unit in _UNIT.findall(text):
        if lines and width_of(lines[-1] + unit) <= width:
            lines[-1] += unit
        else:
            lines.append(unit)
    return lines


def padded(piece: Piece, width: int, align: str, blank: str = " ") -> Line:
    """The piece with blanks around it up to `width` columns; `align` is <, > or ^.

    What remains when `blank` is wider than one column is made up with a plain blank.
    """
    room = max(0, width - width_of(piece.text))
    before = {"<": 0, ">": room, "^": room // 2}[align]
    around = (_blanks(before, blank), _blanks(room - before, blank))
    return [Piece(around[0])] * bool(before) + [piece] + [Piece(around[1])] * (room > before)


def _blanks(width: int, blank: str) -> str:
    whole, rest = divmod(width, width_of(blank))
    return blank * whole + " " * rest


def stripped(line: Line) -> Line:
    """The line without the blanks at its end; the place of an empty cell stays."""
    end = len(line)
    while end and line[end - 1].is_plain and not line[end - 1].text.strip():
        end -= 1
    return line[:end]


def shown(pieces: Iterable[Piece | None]) -> Line:
    """The pieces that print something."""
    return [piece for piece in pieces if piece is not None and piece.text]
