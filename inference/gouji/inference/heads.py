"""Heads: what the column titles above a block say against the form: another order, another unit."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from gouji.inference.labels import Masked, exact_hits, forms_of
from gouji.inference.rows import RowHit
from gouji.model.findings import Span
from gouji.model.form import Block, Table
from gouji.model.numerals import narrow

_UNIT = re.compile(r"[ \n\t|]*\((?:单位[:：]?)?[ ]*(元|万元|萬元)")
_SIMPLE = {"萬元": "万元"}


def permuted_rows(masked: Masked, table: Table, rows: Sequence[RowHit]) -> frozenset[int]:
    """The rows whose block has its column titles in another order than the form.

    Only titles that no other title of the block contains are compared. Of two title lines the
    upper one comes first in the text, so a block with spanning headings is compared without its
    last column, the total.
    """
    permuted: set[int] = set()
    for block, indices, window in _heads(masked, table, rows):
        is_spanned = any(column.group for column in block.columns)
        found = [
            hits[0].start
            for column in (block.columns[:-1] if is_spanned else block.columns)
            if _is_distinct(column.title, block)
            for hits in [_hits_within(masked, column.title, window)]
            if hits
        ]
        if any(left > right for left, right in pairwise(found)):
            permuted.update(indices)
    return frozenset(permuted)


def printed_units(
    text: str, masked: Masked, table: Table, rows: Sequence[RowHit]
) -> Mapping[int, Mapping[str, str]]:
    """For each row the units that stand in brackets behind its column titles, by column id."""
    units: dict[int, dict[str, str]] = {}
    for block, indices, window in _heads(masked, table, rows):
        for column in block.columns:
            for hit in _hits_within(masked, column.title, window)[:1]:
                end = masked.folded.span(hit.start, hit.end)[1]
                behind = _UNIT.match(narrow(text[end : end + 20])) if column.unit else None
                if behind:
                    unit = _SIMPLE.get(behind[1], behind[1])
                    units.update({i: {**units.get(i, {}), column.id: unit} for i in indices})
    return units


def _heads(masked: Masked, table: Table, rows: Sequence[RowHit]) -> list[tuple[Block, range, Span]]:
    """Per block its rows and the folded stretch above the first of them that was found."""
    heads: list[tuple[Block, range, Span]] = []
    first = 0
    for block in table.blocks:
        indices = range(first, first + len(block.rows))
        first = indices.stop
        own = [hit for hit in rows if hit.index in indices]
        if own:
            start = min(hit.start for hit in own)
            above = max((hit.end for hit in rows if hit.end <= start), default=0)
            heads.append((block, indices, (above, start)))
    return heads


def _is_distinct(title: str, block: Block) -> bool:
    others = [c for c in block.columns if c.title != title]
    titles = [t for c in others for t in (c.title, c.group) if t]
    shortest = forms_of(title)[-1]
    return not any(shortest in form for other in titles for form in forms_of(other))


def _hits_within(masked: Masked, title: str, window: Span) -> list[RowHit]:
    hits = exact_hits(masked.folded.text[slice(*window)], title, forms_of(title))
    return [RowHit(0, hit.start + window[0], hit.end + window[0], hit.score) for hit in hits]
