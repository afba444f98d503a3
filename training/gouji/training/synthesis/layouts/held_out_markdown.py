"""Held out: Markdown tables torn into many, with invented heads and numbers that came loose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import (
    Entry,
    GridRow,
    RowKind,
    grid,
    with_repeated_groups,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Sheet

Line = list[Piece]


class Head(StrEnum):
    """What stands above the rule of a torn piece."""

    FIRST_ROW = "the first row itself"
    NUMBERED = "an invented word with the number of the column"
    EMPTY = "nothing"
    NONE = "no line and no rule"


class Groups(StrEnum):
    """Where the titles of groups stand."""

    FIRST = "on the first row"
    EACH = "on each row"
    LOOSE = "on a line outside the tables"


@dataclass(frozen=True, slots=True)
class TornStyle:
    """How a table is torn.

    Pieces have up to `longest` rows; `loose_titles` and `loose_totals` are the shares of rows
    that lose one. `word` is the invented head, `rule` what a column has in a rule line, `mark`
    what stands before a loose line.
    """

    heads: tuple[Head, ...]
    word: str
    rule: str
    groups: Groups
    longest: int
    loose_titles: float
    loose_totals: float
    mark: str
    is_edged: bool
    seed: int


@dataclass(frozen=True, slots=True)
class _Torn:
    """A piece of a table with the loose lines around it."""

    rows: tuple[tuple[Entry, ...], ...]
    kind: RowKind
    before: tuple[str, ...] = ()
    after: tuple[Piece, ...] = ()


def torn_markdown(rng: Random) -> Layout:
    """A Markdown table torn into ten, heads invented, titles and totals on loose lines."""
    heads = rng.choice(((Head.FIRST_ROW,), (Head.NUMBERED,), (Head.EMPTY,), tuple(Head)))
    style = TornStyle(
        heads=heads,
        word=rng.choice(("数据{}", "列{}", "字段{}", "Column {}", "col{}", "第{}列")),
        rule=rng.choice(("---", " --- ", ":---:", ":---", " :--: ", "-----")),
        groups=rng.choice(tuple(Groups)),
        longest=rng.choice((1, 2, 3, 4, 6)),
        loose_titles=rng.choice((0.0, 0.1, 0.3, 0.6)),
        loose_totals=rng.choice((0.0, 0.0, 0.1, 0.3)),
        mark=rng.choice(("", "", "", "### ", "- ")),
        is_edged=rng.random() < 0.85,
        seed=rng.getrandbits(32),
    )
    return partial(_print, style)


def _print(style: TornStyle, sheet: Sheet) -> list[Piece]:
    rng = Random(f"{style.seed}/{sheet.table.id}")
    blocks: list[list[Line]] = []
    for torn in _torn(sheet, style, rng):
        blocks += [[[Piece(style.mark + text)]] for text in torn.before]
        if any(torn.rows):
            blocks.append(_table(torn, style, rng))
        blocks += [[[piece]] for piece in torn.after]
    return joined([joined(block, "\n") for block in blocks], "\n\n")


def _torn(sheet: Sheet, style: TornStyle, rng: Random) -> Iterator[_Torn]:
    """The table in pieces, each of rows of one kind."""
    rows = with_repeated_groups(grid(sheet)) if style.groups is Groups.EACH else grid(sheet)
    waiting: list[GridRow] = []
    room = rng.randint(1, style.longest)
    for row in rows:
        loose = _loosened(row, style, rng)
        if waiting and (loose or row.kind is not waiting[-1].kind or len(waiting) >= room):
            yield _whole(waiting)
            waiting, room = [], rng.randint(1, style.longest)
        if loose:
            yield loose
        else:
            waiting.append(row)
    if waiting:
        yield _whole(waiting)


def _whole(rows: Sequence[GridRow]) -> _Torn:
    return _Torn(tuple(_uncovered(row.entries) for row in rows), rows[0].kind)


def _uncovered(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries without the covered ones at the end of the line."""
    n_kept = max((i for i, entry in enumerate(entries, start=1) if entry is not None), default=0)
    return entries[:n_kept]


def _loosened(row: GridRow, style: TornStyle, rng: Random) -> _Torn | None:
    """The row as a piece of its own if some of it comes loose."""
    if row.kind in (RowKind.CAPTION, RowKind.NOTE):
        return _Torn((), row.kind, before=tuple(piece.text for piece in row.shown))
    if row.kind is RowKind.HEAD or not row.values:
        return None
    titles = [entry.text for entry in row.labels if entry and entry.text]
    groups = titles[:-1] if style.groups is Groups.LOOSE else []
    is_bare = rng.random() < style.loose_titles
    total = row.values[-1]
    is_short = rng.random() < style.loose_totals and bool(total.text) and len(row.values) > 1
    if not (is_bare or is_short or groups):
        return None
    loose = titles if is_bare and style.groups is not Groups.EACH else groups
    loose = loose or titles[-1:] * is_bare
    labels: tuple[Entry, ...] = ()
    if not is_bare:
        shown = [entry for entry in row.labels if entry and entry.text not in groups]
        labels = tuple(shown) if groups else row.labels
    values = row.values[:-1] if is_short else row.values
    after = (total,) if is_short else ()
    return _Torn(((*labels, *values),), row.kind, tuple(loose), after)


def _table(torn: _Torn, style: TornStyle, rng: Random) -> list[Line]:
    width = max(map(len, torn.rows))
    is_edged = style.is_edged or width == 1  # a single column has no other bars
    rows = [_bars([entry or Piece("") for entry in row], width, is_edged) for row in torn.rows]
    edge = [""] * is_edged
    rule = [Piece("|".join([*edge, *[style.rule] * width, *edge]))]
    head = Head.FIRST_ROW if torn.kind is RowKind.HEAD else rng.choice(style.heads)
    if head is Head.NONE:
        return rows
    if head is Head.FIRST_ROW:
        return [rows[0], rule, *rows[1:]]
    words = [style.word.format(n) if head is Head.NUMBERED else "" for n in range(1, width + 1)]
    return [_bars([Piece(word) for word in words], width, is_edged), rule, *rows]


def _bars(entries: Sequence[Piece], width: int, is_edged: bool) -> Line:
    """The entries between bars, filled up with empty ones."""
    filled = [*entries, *[Piece("")] * (width - len(entries))]
    line = joined([[entry] for entry in filled], " | ")
    return [Piece("| "), *line, Piece(" |")] if is_edged else line
