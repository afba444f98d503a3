"""Held out: quoted values with commas or semicolons between them."""

import re
from dataclasses import dataclass
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import (
    Entry,
    GridRow,
    grid,
    with_repeated_groups,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuotedStyle:
    """How fields are quoted and parted.

    `quote_numbers` quotes every field, else only what is no plain number; `empty` stands for an
    empty field. `padded` rows all have the same number of fields; `repeated` groups stand on each
    of their rows.
    """

    separator: str
    quote_numbers: bool
    empty: str
    padded: bool
    repeated: bool


def quoted_csv(rng: Random) -> Layout:
    """Comma- or semicolon-separated fields, all quoted or the texts alone."""
    style = QuotedStyle(
        separator=rng.choice((",", ",", ";", ";", ", ", "; ")),
        quote_numbers=rng.random() < 0.6,
        empty=rng.choice(('""', "")),
        padded=rng.random() < 0.6,
        repeated=rng.random() < 0.5,
    )
    return partial(_print, style)


def _print(style: QuotedStyle, sheet: Sheet) -> list[Piece]:
    rows = with_repeated_groups(grid(sheet)) if style.repeated else grid(sheet)
    return joined([_line(row, style) for row in rows], "\n")


def _line(row: GridRow, style: QuotedStyle) -> list[Piece]:
    entries = list(row.entries)
    while entries and entries[-1] is None and not style.padded:
        entries.pop()
    return joined([_field(entry, style) for entry in entries], style.separator)


def _field(entry: Entry, style: QuotedStyle) -> list[Piece]:
    if entry is None or not entry.text:
        half = style.empty[: len(style.empty) // 2]
        return [Piece(half), entry or Piece(""), Piece(half)]
    if not style.quote_numbers and _PLAIN_NUMBER.fullmatch(entry.text):
        return [entry]
    text = entry.text.replace('"', '""') if entry.is_plain else entry.text
    return [Piece('"'), Piece(text) if entry.is_plain else entry, Piece('"')]
