"""Confirmed tables: what the rules read, borne out by all sums of the table."""

from gouji.model.form import Form
from gouji.model.mention import Distribution, MentionKind, Number, TableMentions

COUNTED = 0.9
"""The rules are at least as sure as this of columns that counting decides."""

CLEAR = 0.998
"""And of the row of a label without damage."""


def is_confirmed(rules: TableMentions, form: Form) -> bool:
    """Whether the sums of a table hold for what the rules read, and leave no cell out.

    Every cell has one number or mark, none of them in a doubtful row or column, and every cell
    stands in an identity. Numbers in wrong cells would break one, or be zeros all.
    """
    table = form.variants[rules.table][rules.variant]
    values: dict[str, Number] = {}
    for mention in rules.mentions:
        is_sure = certainty(mention.column) >= COUNTED and certainty(mention.row) >= CLEAR
        cell = f"{mention.row[0][0]}.{mention.column[0][0]}" if is_sure else ""
        if cell not in table.cell or cell in values or mention.kind is MentionKind.UNREADABLE:
            return False
        values[cell] = mention.value or 0
    told = {cell for equation in table.equations for _, cell in equation.terms}
    return told == values.keys() == table.cell.keys() and not any(
        sum(sign * values[cell] for sign, cell in equation.terms) for equation in table.equations
    )


def certainty(distribution: Distribution) -> float:
    """The probability of the likeliest label; 0.0 where none is told."""
    return distribution[0][1] if distribution else 0.0
