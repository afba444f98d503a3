"""Variants: which revision of a table is printed, told by what only that revision prints.

The year never tells: both revisions were used for years after the change, and reports mix them.
"""

from gouji.inference.labels import VALUE
from gouji.inference.rows import find_headings, find_rows, rows_of
from gouji.model.form import Form, Table


def tell_variant(folded: str, form: Form, table: str) -> str | None:
    """The variant of a table in a folded region, None if nothing tells it.

    Every variant is weighed by the share of its own titles (rows and columns that no other
    variant has) that stand in the region; a row counts only if it is followed by a value or by
    the next row, since the title of a row in one revision may be a heading in the other.
    """
    variants = form.variants[table]
    if len(variants) == 1:
        return next(iter(variants))
    shares = {
        name: _share(folded, variant, [v for v in variants.values() if v is not variant])
        for name, variant in variants.items()
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0 and list(shares.values()).count(shares[best]) == 1 else None


def _share(folded: str, table: Table, others: list[Table]) -> float:
    rows = rows_of(table)
    foreign_rows = {row.id for other in others for row in rows_of(other)}
    own_rows = {i for i, row in enumerate(rows) if row.id not in foreign_rows}
    columns = _columns(table) - frozenset[str]().union(*map(_columns, others))
    if not own_rows and not columns:
        return 0.0
    hits = find_rows(folded, table)
    starts = {hit.start for hit in hits}
    found = {h.index for h in hits if folded[h.end : h.end + 1] == VALUE or h.end in starts}
    headings = {hit.label for hit in find_headings(folded, table)}
    return (len(own_rows & found) + len(columns & headings)) / (len(own_rows) + len(columns))


def _columns(table: Table) -> frozenset[str]:
    return frozenset(column.title for block in table.blocks for column in block.columns)
