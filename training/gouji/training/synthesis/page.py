"""Page: how the prose of a report is set: indents, gaps, blanks, widths, broken lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from gouji.training.synthesis.pieces import Piece

_HALF_WIDTH = str.maketrans("，：；（）！？", ",:;()!?")
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_HAN_BEFORE_DIGIT = re.compile(r"(?<=[一-龥])(?=[0-9])|(?<=[0-9%])(?=[一-龥])")
_UNBREAKABLE = re.compile(r"[0-9A-Za-z.,%〔〕()（）@:/，。、；：？！”》〉-]")


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What is drawn once for the prose of a report.

    `gap` stands between paragraphs, `markup` before headings, `width` is the number of characters
    after which lines break (None: never); `is_spaced` puts blanks between numbers and words,
    `is_narrow` has half-width punctuation, `is_wide` full-width digits.
    """

    indent: str
    gap: str
    markup: str
    width: int | None
    is_spaced: bool
    is_narrow: bool
    is_wide: bool


def draw_page_style(rng: Random) -> PageStyle:
    """A style at random."""
    return PageStyle(
        indent=rng.choice(("", "", "", "　　", "　　", "    ", "  ")),
        gap=rng.choice(("\n", "\n", "\n", "\n\n", "\n\n", "\n\n\n", "\n \n")),
        markup=rng.choices(("", "## ", "### ", "**"), (16, 2, 1, 1))[0],
        width=rng.randint(24, 46) if rng.random() < 0.15 else None,
        is_spaced=rng.random() < 0.08,
        is_narrow=rng.random() < 0.15,
        is_wide=rng.random() < 0.02,
    )


def set_line(pieces: Sequence[Piece], style: PageStyle) -> list[Piece]:
    """The pieces of a line or paragraph in the style's widths and with its blanks."""
    found = list(pieces)
    if style.is_spaced:
        found = list(_spaced(found))
    if style.is_narrow:
        found = [replace(piece, text=piece.text.translate(_HALF_WIDTH)) for piece in found]
    if style.is_wide:
        found = [replace(piece, text=piece.text.translate(_WIDE_DIGITS)) for piece in found]
    return found


def set_paragraph(pieces: Sequence[Piece], style: PageStyle) -> list[Piece]:
    """A paragraph, indented, its lines broken where the style has a width."""
    found = [Piece(style.indent), *set_line(pieces, style)]
    return list(_broken(found, style.width)) if style.width else found


def set_heading(words: Sequence[Piece], style: PageStyle) -> list[Piece]:
    """A heading behind its markup."""
    closing = [Piece(style.markup)] if style.markup.startswith("*") else []
    opening = Piece(style.markup if style.markup else style.indent)
    return [opening, *set_line(words, style), *closing]


def _spaced(pieces: Sequence[Piece]) -> Iterator[Piece]:
    before = ""
    for piece in pieces:
        if piece.text and _HAN_BEFORE_DIGIT.search(before + piece.text[0]):
            yield Piece(" ")
        yield replace(piece, text=_HAN_BEFORE_DIGIT.sub(" ", piece.text))
        before = piece.text[-1:] or before


def _broken(pieces: Sequence[Piece], width: int) -> Iterator[Piece]:
    """The pieces with line breaks within plain text, never inside a number or a word."""
    column = 0
    for piece in pieces:
        if not piece.is_plain:
            column += len(piece.text)
            yield piece
            continue
        text = ""
        for char in piece.text:
            if column >= width and text and not _UNBREAKABLE.match(char):
                text += "\n"
                column = 0
            text += char
            column = 0 if char == "\n" else column + 1
        yield Piece(text)
