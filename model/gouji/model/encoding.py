"""Encoding: a text as the tagger sees it, the same in training and in use.

A token is a character, a number (whatever its length), a mark, or an empty cell between two
separators. White space, punctuation and separators are no tokens: what stands before and after a
token is told by its structure features, together with its place among the numbers around it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gouji.model.findings import Span
from gouji.model.flattening import Flat, flatten
from gouji.model.folding import fold_char
from gouji.model.gaps import (
    CUT,
    N_BLANK_CLASSES,
    N_MARK_CLASSES,
    blank_cells,
    blank_class,
    cells_before,
    mark_class,
)
from gouji.model.mention import MentionKind
from gouji.model.separator import cell_separator

_MOST = 31  # counts are told apart up to here
_LINES = 7

FEATURES = (
    "blank before",
    "blank after",
    "mark before",
    "mark after",
    "values before it since the last text",
    "values behind it until the next text",
    "values before it on the line",
    "values on the line",
    "lines since the last text",
    "column of characters",
    "cells before it on the line",
    "cells on the line",
    "lines of text before it since the last value",
    "lines of text behind it until the next value",
)
FEATURE_SIZES = (
    N_BLANK_CLASSES,
    N_BLANK_CLASSES,
    N_MARK_CLASSES,
    N_MARK_CLASSES,
    *[_MOST + 2] * 4,
    _LINES + 2,
    *[_MOST + 2] * 5,
)
"""Number of classes of each structure feature; class 0 means that it is not told."""
N_FEATURES = len(FEATURE_SIZES)

AFTER = [FEATURES.index("blank after"), FEATURES.index("mark after")]
"""The features that tell what stands behind a token."""

BLANK_WORD = "[BLANK]"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `word` is its folded text, `kind` None unless it may fill a cell.

    The span of an empty cell is the white space in it, often of no length. `alone` tells whether
    a value stands alone, as in a cell, or is part of a sentence or title.
    """

    span: Span
    word: str
    kind: MentionKind | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of a text in reading order.

    `features` has shape (tokens, N_FEATURES), int64, each below its class count.
    """

    tokens: tuple[Token, ...]
    features: NDArray[np.int64]


def encode(text: str, spans: Iterable[Span]) -> Encoded:
    """The tokens of those parts of the spans that are worth tagging.

    Left out are the clauses of long lines that have no digit in or behind them. Each span is one
    report or a part of one: the separator of its cells is learned from it alone.
    """
    tokens: list[Token] = []
    features: list[NDArray[np.int64]] = []
    for span in spans:
        flat = flatten(text, span)
        solid = _solid(flat)
        separator = cell_separator(flat.text, [token.span for token in solid if token.alone])
        found = solid if separator is None else _with_blanks(flat, solid, separator)
        tokens.extend(found)
        features.append(_features(flat, found, separator))
    shape = (0, N_FEATURES)
    return Encoded(tuple(tokens), np.concatenate([np.zeros(shape, np.int64), *features]))


def _solid(flat: Flat) -> list[Token]:
    """Characters, numbers and marks in reading order."""
    solid: list[Token] = []
    for part in flat.parts:
        at = part[0]
        for value in flat.values_in(part):
            solid += _characters(flat, (at, value.span[0]))
            solid.append(Token(value.span, value.word, value.kind, value.alone))
            at = value.span[1]
        solid += _characters(flat, (at, part[1]))
    return solid


def _with_blanks(flat: Flat, solid: Sequence[Token], separator: str) -> list[Token]:
    """The tokens with the empty cells between them."""
    edges = [(0, flat.span[0]), *(t.span for t in solid), (flat.span[1], 0)]
    gaps = [(left[1], right[0]) for left, right in pairwise(edges)]
    empty = [
        [Token(span, BLANK_WORD, MentionKind.BLANK, True) for span in spans]
        for spans in blank_cells(flat, gaps, separator)
    ]
    merged = empty[0]
    for token, behind in zip(solid, empty[1:], strict=True):
        merged += [token, *behind]
    return merged


def _characters(flat: Flat, span: Span) -> list[Token]:
    return [
        Token((index, index + 1), folded)
        for index in range(*span)
        for folded in [fold_char(flat.text[index])]
        if folded
    ]


def _features(flat: Flat, tokens: Sequence[Token], separator: str | None) -> NDArray[np.int64]:
    """Shape (tokens, N_FEATURES)."""
    n = len(tokens)
    table = np.zeros((n, N_FEATURES), np.int64)
    if not n:
        return table
    edges = [flat.span[0], *[e for t in tokens for e in t.span], flat.span[1]]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    between = [flat.text[start:end] for start, end in gaps]
    blanks = [
        CUT if flat.is_cut(gap) else blank_class(text)
        for gap, text in zip(gaps, between, strict=True)
    ]
    marks = [mark_class(text) for text in between]
    table[:, 0], table[:, 1] = blanks[:-1], blanks[1:]
    table[:, 2], table[:, 3] = marks[:-1], marks[1:]
    is_value = [token.alone for token in tokens]
    line = [flat.line_of(token.span[0]) for token in tokens]
    table[:, 4] = _counted(_since_text(is_value))
    table[:, 5] = _counted(_since_text(is_value[::-1])[::-1])
    table[:, 6], table[:, 7] = map(_counted, _on_line(is_value, line))
    table[:, 8] = np.minimum(_lines_since_text(is_value, line), _LINES) + 1
    table[:, 9] = _counted([flat.column_of(token.span[0]) // 4 for token in tokens])
    cells = cells_before(between[:-1], separator)
    table[:, 10] = _counted(cells)
    table[:, 11] = _counted(_last_on_line(cells, line))
    table[:, 12] = _counted(_text_lines(is_value, line))
    table[:, 13] = _counted(_text_lines(is_value[::-1], line[::-1])[::-1])
    return table


def _counted(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.minimum(np.asarray(counts, np.int64), _MOST) + 1


def _since_text(is_value: Sequence[bool]) -> list[int]:
    """For each token how many values stand between the last text and it; 0 for text."""
    counts: list[int] = []
    count = 0
    for value in is_value:
        counts.append(count if value else 0)
        count = count + 1 if value else 0
    return counts


def _on_line(is_value: Sequence[bool], line: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each token how many values stand before it on its line, and on its line in all."""
    before: list[int] = []
    total: dict[int, int] = {}
    for value, number in zip(is_value, line, strict=True):
        before.append(total.get(number, 0))
        total[number] = total.get(number, 0) + value
    return before, [total[number] for number in line]


def _last_on_line(counts: Sequence[int], line: Sequence[int]) -> list[int]:
    """For each token the count of the last one on its line."""
    last = dict(zip(line, counts, strict=True))
    return [last[number] for number in line]


def _text_lines(is_value: Sequence[bool], line: Sequence[int]) -> list[int]:
    """For each token of text how many lines of text stand between it and the last value."""
    counts: list[int] = []
    count, at = 0, -1
    for value, number in zip(is_value, line, strict=True):
        if value:
            count, at = 0, -1
        elif at != number:
            count, at = count + (at >= 0), number
        counts.append(count)
    return counts


def _lines_since_text(is_value: Sequence[bool], line: Sequence[int]) -> list[int]:
    counts: list[int] = []
    last = line[0]
    for value, number in zip(is_value, line, strict=True):
        last = last if value else number
        counts.append(number - last)
    return counts
