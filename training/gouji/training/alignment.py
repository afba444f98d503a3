"""Alignment: the labels of an annotation, token by token."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gouji.model.annotation import Annotation, CellMention
from gouji.model.encoding import Encoded
from gouji.model.findings import Span
from gouji.model.labels import PART, LabelSet
from gouji.model.mention import MentionKind

IGNORED = -100
"""The label of a token about which a head is neither asked nor taught."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TokenLabels:
    """The right label of every token for each head, int64 (tokens,).

    `row` and `column` are `IGNORED` but for tokens that fill a cell. `cell` is the number of the
    annotation's mention that a token fills, -1 for none, and also for the later parts of a torn
    number.
    """

    table: Ints
    row: Ints
    column: Ints
    field: Ints
    cell: Ints


@dataclass(frozen=True, slots=True)
class _Index:
    table: Mapping[str, int]
    row: Mapping[str, int]
    column: Mapping[str, int]
    field: Mapping[str, int]


def align(annotation: Annotation, encoded: Encoded, labels: LabelSet) -> TokenLabels:
    """The labels of the tokens of an annotated text.

    The first token that lies in the span of a number or mark fills its cell, those behind it are
    parts. An empty cell is told by its place: the blanks of the annotation and of the encoding are
    matched in order. Tokens that may fill no cell have the table that they stand in. A token over
    several cells, whose numbers the page has joined, has their common labels alone.
    """
    n = len(encoded.tokens)
    index = _Index(
        *(
            {name: i for i, name in enumerate(names)}
            for names in (labels.tables, labels.rows, labels.columns, labels.fields)
        )
    )
    found = TokenLabels(
        table=np.zeros(n, np.int64),
        row=np.full(n, IGNORED, np.int64),
        column=np.full(n, IGNORED, np.int64),
        field=np.zeros(n, np.int64),
        cell=np.full(n, -1, np.int64),
    )
    _mark_regions(found, annotation, encoded, index)
    _mark_values(found, annotation, encoded, index)
    _mark_blanks(found, annotation, encoded, index)
    for name, label in annotation.fields.items():
        if label is not None and label.span is not None:
            for at in _within(encoded, label.span):
                found.field[at] = index.field[name]
    return found


def _mark_regions(
    found: TokenLabels, annotation: Annotation, encoded: Encoded, index: _Index
) -> None:
    """The tables of the tokens between the first and the last cell of each."""
    regions: dict[str, Span] = {}
    for mention in annotation.mentions:
        table = mention.cell.split(".")[0]
        start, end = regions.get(table, mention.span)
        regions[table] = (min(start, mention.span[0]), max(end, mention.span[1]))
    for table, region in regions.items():
        for at in _within(encoded, region):
            if encoded.tokens[at].kind is None:
                found.table[at] = index.table[table]


def _mark_values(
    found: TokenLabels, annotation: Annotation, encoded: Encoded, index: _Index
) -> None:
    """Numbers and marks, with their parts; numbers joined in one token."""
    for number, mention in enumerate(annotation.mentions):
        if mention.kind is MentionKind.BLANK:
            continue
        tokens = [
            at
            for at in _within(encoded, mention.span)
            if encoded.tokens[at].kind not in (None, MentionKind.BLANK)
        ]
        for at in tokens[1:]:
            found.table[at] = index.table[PART]
        if tokens and found.cell[tokens[0]] < 0:
            _fill(found, tokens[0], number, mention, index)
        elif tokens:
            _join(found, tokens[0], mention, index)


def _mark_blanks(
    found: TokenLabels, annotation: Annotation, encoded: Encoded, index: _Index
) -> None:
    blanks = [
        (number, mention)
        for number, mention in enumerate(annotation.mentions)
        if mention.kind is MentionKind.BLANK
    ]
    blanks.sort(key=lambda entry: entry[1].span)
    left = iter(blanks)
    entry = next(left, None)
    for at, token in enumerate(encoded.tokens):
        if token.kind is not MentionKind.BLANK:
            continue
        while entry is not None and entry[1].span[1] < token.span[0]:
            entry = next(left, None)
        if entry is not None and entry[1].span[0] <= token.span[1]:
            _fill(found, at, *entry, index)
            entry = next(left, None)


def _fill(found: TokenLabels, at: int, number: int, mention: CellMention, index: _Index) -> None:
    table, row, column = _parts(mention)
    found.table[at] = index.table[table]
    found.row[at] = index.row[f"{table}.{row}"]
    found.column[at] = index.column[column]
    found.cell[at] = number


def _join(found: TokenLabels, at: int, mention: CellMention, index: _Index) -> None:
    table, row, column = _parts(mention)
    if found.row[at] != index.row[f"{table}.{row}"]:
        found.row[at] = IGNORED
    if found.column[at] != index.column[column]:
        found.column[at] = IGNORED


def _parts(mention: CellMention) -> Sequence[str]:
    return mention.cell.split(".", 2)


def _within(encoded: Encoded, span: Span) -> Iterator[int]:
    """The tokens that share a character with the span, in order."""
    first = bisect_right(encoded.tokens, span[0], key=lambda token: token.span[1])
    for at in range(first, len(encoded.tokens)):
        token = encoded.tokens[at]
        if token.span[0] >= span[1]:
            break
        if token.span[1] > span[0]:
            yield at
