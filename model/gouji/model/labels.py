"""Label sets: what the four heads of the tagger tell apart."""

from dataclasses import dataclass

from gouji.model.form import Form

NONE = "none"
"""The label of a token that belongs to nothing; always index 0."""

PART = "part"
"""The table label of a number that goes on the number before it, torn from it."""


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of each head by index; index 0 is `none` in all of them.

    `tables` are the table ids and `part`, `rows` are TABLE.ROW over all variants, `columns` column
    ids over all tables, `fields` the field ids of the form.
    """

    tables: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, form: Form) -> "LabelSet":
        """The labels of a form, in the order of the form."""
        blocks = [
            (table, block)
            for variants in form.variants.values()
            for table in variants.values()
            for block in table.blocks
        ]
        rows = dict.fromkeys(f"{t.id}.{row.id}" for t, block in blocks for row in block.rows)
        columns = dict.fromkeys(column.id for _, block in blocks for column in block.columns)
        return cls(
            tables=(NONE, *form.table_ids, PART),
            rows=(NONE, *rows),
            columns=(NONE, *columns),
            fields=(NONE, *(field.id for field in form.fields)),
        )
