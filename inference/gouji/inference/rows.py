"""Rows: which row of the form each label in a table region names.

Labels found exactly are chained in the order of the form; rows that the chain leaves out are then
searched approximately, each only between its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gouji.inference.labels import (
    VALUE,
    Hit,
    exact_hits,
    forms_of,
    fuzzy_hit,
    heading_titles,
    row_forms,
)
from gouji.model.findings import Span
from gouji.model.form import Row, Table

_HIDDEN = "\x01"  # stands for headings while rows are searched approximately
_CUTOFF = 0.72  # least similarity of a damaged label


@dataclass(frozen=True, slots=True)
class RowHit:
    """Row `index` of the table found at folded characters start..end."""

    index: int
    start: int
    end: int
    score: float


def rows_of(table: Table) -> tuple[Row, ...]:
    """The rows of all blocks, in the order of the form."""
    return tuple(row for block in table.blocks for row in block.rows)


@lru_cache(maxsize=16)
def find_rows(folded: str, table: Table) -> tuple[RowHit, ...]:
    """The rows whose labels stand in a folded table region, in reading order.

    Blocks may stand in any order, the rows of a block only in that of the form: a label out of
    order is most often one that the text's reading order has torn from its values.
    """
    hits = _exact_rows(folded, table)
    chain = _chain(hits, folded)
    for block in _block_indices(table):
        if not any(hit.index in block for hit in chain):
            chain.extend(_chain([hit for hit in hits if hit.index in block], folded))
    if any(a.index > b.index for a, b in pairwise(sorted(chain, key=lambda hit: hit.start))):
        return tuple(sorted(chain, key=lambda hit: hit.start))
    hidden = _hide(folded, find_headings(folded, table))
    bounds = [RowHit(-1, 0, 0, 1.0), *chain, RowHit(len(rows_of(table)), len(folded), 0, 1.0)]
    found = list(chain)
    for before, after in pairwise(bounds):
        window = (before.end, after.start)
        found.extend(_fill(hidden, table, range(before.index + 1, after.index), window))
    return tuple(sorted(found, key=lambda hit: hit.start))


def _block_indices(table: Table) -> list[range]:
    blocks: list[range] = []
    for block in table.blocks:
        first = blocks[-1].stop if blocks else 0
        blocks.append(range(first, first + len(block.rows)))
    return blocks


def find_headings(folded: str, table: Table) -> tuple[Hit, ...]:
    """The titles in a folded region that carry no values: blocks, columns, spanning headings."""
    forms = [(title, forms_of(title)) for title in heading_titles(table)]
    hits = [hit for title, names in forms for hit in exact_hits(folded, title, names, least=2)]
    return tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end)))


@lru_cache(maxsize=32)
def _searchable(table: Table) -> tuple[tuple[str, ...], ...]:
    """Per row, the forms that no other title of the table contains: a place of them is sure."""
    rows = rows_of(table)
    others = [[form for title in heading_titles(table) for form in forms_of(title)]] * len(rows)
    forms = [row_forms(row) for row in rows]
    return tuple(
        tuple(
            form
            for form in own
            if not any(
                form in other for j, foreign in enumerate(forms) if j != i for other in foreign
            )
            and not any(form in other for other in others[i])
        )
        for i, own in enumerate(forms)
    )


def _exact_rows(folded: str, table: Table) -> list[RowHit]:
    return sorted(
        (
            RowHit(index, hit.start, hit.end, 1.0)
            for index, forms in enumerate(_searchable(table))
            for hit in exact_hits(folded, str(index), forms, least=2)
        ),
        key=lambda hit: (hit.start, hit.end),
    )


def _chain(hits: Sequence[RowHit], folded: str) -> list[RowHit]:
    """The heaviest sequence of hits in which rows and places both rise.

    Longest increasing subsequence, weighted: a label weighs its length, and three more if a value
    follows it.
    """
    best: list[tuple[float, int]] = []
    for i, hit in enumerate(hits):
        weight = min(hit.end - hit.start, 10) + 3 * (folded[hit.end : hit.end + 1] == VALUE)
        before = [
            (best[j][0], j)
            for j in range(i)
            if hits[j].index < hit.index and hits[j].end <= hit.start
        ]
        total, link = max(before, default=(0.0, -1))
        best.append((total + weight, link))
    chain: list[RowHit] = []
    at = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    while at >= 0:
        chain.append(hits[at])
        at = best[at][1]
    return chain[::-1]


def _hide(folded: str, hits: Sequence[Hit]) -> str:
    for hit in hits:
        folded = folded[: hit.start] + _HIDDEN * (hit.end - hit.start) + folded[hit.end :]
    return folded


def _fill(folded: str, table: Table, indices: range, window: Span) -> list[RowHit]:
    """Rows `indices` searched approximately within the window: the best first, then either side."""
    if not indices or window[0] >= window[1]:
        return []
    rows = rows_of(table)
    hits = [
        (hit.score, hit.end - hit.start, -index, hit)
        for index in indices
        for hit in [fuzzy_hit(folded, window, str(index), row_forms(rows[index]), _CUTOFF)]
        if hit is not None
    ]
    if not hits:
        return []
    _, _, negative, hit = max(hits, key=lambda entry: entry[:3])
    index = -negative
    left = _fill(folded, table, range(indices.start, index), (window[0], hit.start))
    right = _fill(folded, table, range(index + 1, indices.stop), (hit.end, window[1]))
    return [*left, RowHit(index, hit.start, hit.end, hit.score), *right]
