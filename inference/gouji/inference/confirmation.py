"""Settled tables: what the rules read, borne out by sums and therefore in no need of a model."""

from collections.abc import Iterable, Mapping

from gouji.model.form import Form, Table
from gouji.model.mention import Distribution, MentionKind, Number, TableMentions

COUNTED = 0.9
"""The rules are at least as sure as this of columns that counting decides."""

CLEAR = 0.998
"""And of the row of a label without damage."""

_KNOWN = 0.98
"""And of a row that nobody has to look at: where all others stand beside it, damage is harmless."""


def settled(rules: Iterable[TableMentions], form: Form) -> tuple[TableMentions, ...]:
    """The tables of a report that are the rules' alone: those that their sums confirm.

    If all tables with sums are confirmed, the rules understand how this report is laid out; then so
    are the tables without sums that they read whole, unless some of their cells are empty while
    others have zeros printed: a number may have been lost there.
    """
    whole = {
        found.table: (found, table, values)
        for found in rules
        for table in [form.variants[found.table][found.variant]]
        for values in [_whole(found, table)]
        if values is not None
    }
    confirmed = {name for name, (_, table, values) in whole.items() if _adds_up(table, values)}
    unproved = {
        name
        for name, (found, table, _) in whole.items()
        if not table.equations and not _has_gaps(found)
    }
    if confirmed and confirmed | unproved == set(form.table_ids):
        confirmed |= unproved
    return tuple(found for name, (found, _, _) in whole.items() if name in confirmed)


def _whole(rules: TableMentions, table: Table) -> Mapping[str, Number] | None:
    """The value of every cell, blanks being zeros, if each has one mention in no doubtful place."""
    values: dict[str, Number] = {}
    for mention in rules.mentions:
        is_sure = certainty(mention.column) >= COUNTED and certainty(mention.row) >= _KNOWN
        cell = f"{mention.row[0][0]}.{mention.column[0][0]}" if is_sure else ""
        if cell not in table.cell or cell in values or mention.kind is MentionKind.UNREADABLE:
            return None
        values[cell] = mention.value or 0
    return values if values.keys() == table.cell.keys() else None


def _has_gaps(rules: TableMentions) -> bool:
    """Whether cells are empty although a zero is told by a digit or a mark."""
    kinds = {mention.kind for mention in rules.mentions if not mention.value}
    return MentionKind.BLANK in kinds and len(kinds) > 1


def _adds_up(table: Table, values: Mapping[str, Number]) -> bool:
    """Whether every cell stands in an identity, and all identities hold.

    Numbers in wrong cells would break one, or be zeros all.
    """
    told = {cell for equation in table.equations for _, cell in equation.terms}
    return told == values.keys() and not any(
        sum(sign * values[cell] for sign, cell in equation.terms) for equation in table.equations
    )


def certainty(distribution: Distribution) -> float:
    """The probability of the likeliest label; 0.0 where none is told."""
    return distribution[0][1] if distribution else 0.0
