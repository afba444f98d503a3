"""Pieces: a text in the making, every stretch of it with what it stands for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gouji.model.findings import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; at most one of `cell`, `field` and `section` is set.

    A piece with a `cell` holds the number as written and nothing else, "" for a blank whose
    boundaries survive; a number torn in two is one piece with the break inside. A piece with a
    `section` is the heading that opens it.
    """

    text: str
    cell: str | None = None
    field: str | None = None
    section: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the piece stands for nothing."""
        return self.cell is None and self.field is None and self.section is None


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with the spans of its labelled pieces, in reading order."""

    text: str
    labelled: tuple[tuple[Piece, Span], ...]


def compose(pieces: Iterable[Piece]) -> Composed:
    """The text of the pieces in a row.

    >>> compose([Piece("总计 "), Piece("12", cell="a.b.c"), Piece("")]).labelled
    ((Piece(text='12', cell='a.b.c', field=None, section=None), (3, 5)),)
    """
    parts: list[str] = []
    labelled: list[tuple[Piece, Span]] = []
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        parts.append(piece.text)
        if not piece.is_plain:
            labelled.append((piece, (at, end)))
        at = end
    return Composed("".join(parts), tuple(labelled))


def joined(groups: Sequence[Sequence[Piece]], between: str) -> list[Piece]:
    """The groups in a row with a plain text between them."""
    pieces: list[Piece] = []
    for number, group in enumerate(groups):
        if number:
            pieces.append(Piece(between))
        pieces.extend(group)
    return pieces
