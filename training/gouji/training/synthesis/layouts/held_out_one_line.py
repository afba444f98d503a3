"""Held out: a whole table on one line, blanks between its texts and numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import GridRow, RowKind, grid, wrapped
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Sheet


@dataclass(frozen=True, slots=True)
class OneLineStyle:
    """The blanks between two texts, one of `gaps` each time.

    Short head words are broken by a blank after `head_width` characters; notes come before the
    table or after it.
    """

    gaps: tuple[str, ...]
    head_width: int | None
    notes_first: bool
    seed: int


def one_line(rng: Random) -> Layout:
    """Everything on one line; empty cells leave no trace."""
    style = OneLineStyle(
        gaps=rng.choice(((" ",), (" ",), ("  ",), ("\u3000",), ("\u3000\u3000",), _UNEVEN, _MIXED)),
        head_width=rng.choice((None, None, None, 2, 3)),
        notes_first=rng.random() < 0.5,
        seed=rng.getrandbits(32),
    )
    return partial(_print, style)


_SHORT = 8  # characters of a title that a narrow column breaks
_UNEVEN = (" ", " ", "  ", "   ")
_MIXED = (" ", "\u3000", " \u3000")


def _print(style: OneLineStyle, sheet: Sheet) -> list[Piece]:
    rng = Random(f"{style.seed}/{sheet.table.id}")
    rows = sorted(grid(sheet), key=lambda row: style.notes_first and row.kind is not RowKind.NOTE)
    pieces: list[Piece] = []
    for piece in (piece for row in rows for piece in _texts(row, style)):
        if piece.text and any(before.text for before in pieces):
            pieces.append(Piece(rng.choice(style.gaps)))
        pieces.append(piece)
    return pieces


def _texts(row: GridRow, style: OneLineStyle) -> Iterator[Piece]:
    for entry, is_title in zip(row.entries, _are_titles(row), strict=True):
        if entry is not None and is_title and style.head_width and len(entry.text) <= _SHORT:
            yield from map(Piece, wrapped(entry.text, style.head_width))
        elif entry is not None:
            yield entry


def _are_titles(row: GridRow) -> Iterator[bool]:
    """Whether each entry is the title of a column."""
    return (row.kind is RowKind.HEAD and n >= row.n_labels for n in range(len(row.entries)))
