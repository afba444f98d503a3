"""Variants: which revision of a table is printed, told by what only that revision prints.

The year never tells: both revisions were used for years after the change, and reports mix them.
"""

from collections.abc import Mapping

from gouji.inference.labels import VALUE
from gouji.inference.rows import find_headings, find_rows, rows_of
from gouji.model.form import Form, Table


def complete_variants(told: Mapping[str, str], form: Form) -> Mapping[str, str]:
    """The variant of every table, given those that are told.

    A table whose variant can't be told, or that was not found, takes the variant that the other
    tables suggest, else that of the form's first combination.
    """
    name = next((n for n in form.combinations if _agrees(form, n, told)), form.default)
    return {**form.combinations[name], **told}


def _agrees(form: Form, combination: str, variants: Mapping[str, str]) -> bool:
    chosen = form.combinations[combination]
    return all(chosen[table] == variant for table, variant in variants.items())


def tell_variant(folded: str, form: Form, table: str) -> str | None:
    """The variant of a table in a folded region, None if nothing tells it.

    Every variant weighs as much as its own titles (rows and columns that no other variant has)
    that stand in the region, by their lengths. A row counts only if it is followed by a value or
    by the next row, since the title of a row in one revision may be a heading in the other.
    """
    variants = form.variants[table]
    if len(variants) == 1:
        return next(iter(variants))
    weights = {
        name: _weight(folded, variant, [v for v in variants.values() if v is not variant])
        for name, variant in variants.items()
    }
    best = max(weights, key=lambda name: weights[name])
    is_told = weights[best] > 0 and list(weights.values()).count(weights[best]) == 1
    return best if is_told else None


def _weight(folded: str, table: Table, others: list[Table]) -> int:
    rows = rows_of(table)
    foreign_rows = {row.id for other in others for row in rows_of(other)}
    hits = find_rows(folded, table)
    starts = {hit.start for hit in hits}
    found = {
        rows[hit.index].title
        for hit in hits
        if rows[hit.index].id not in foreign_rows
        and (folded[hit.end : hit.end + 1] == VALUE or hit.end in starts)
    }
    columns = _columns(table) - frozenset[str]().union(*map(_columns, others))
    headings = {hit.label for hit in find_headings(folded, table)}
    return sum(len(title) for title in found | (columns & headings))


def _columns(table: Table) -> frozenset[str]:
    return frozenset(column.title for block in table.blocks for column in block.columns)
