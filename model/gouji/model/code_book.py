"""The code book of a form: one entry a cell, for whoever analyses the extracted numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gouji.model.form import Form, Table

COLUMNS = (
    "cell",
    "table",
    "variants",
    "row_group",
    "row_title",
    "column_group",
    "column_title",
    "unit",
    "decimals",
    "signed",
)
AS_PRINTED = "as printed"
"""The unit of an amount whose unit the form leaves to the report."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell means, in the order of `COLUMNS`.

    `variants` are the revisions of its table that describe it so; groups are the headings over a
    row or column, outermost first.
    """

    cell: str
    table: str
    variants: tuple[str, ...]
    row_group: tuple[str, ...]
    row_title: str
    column_group: str | None
    column_title: str
    unit: str | None
    decimals: int
    signed: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """The entry as it is written into a CSV file."""
        return (
            self.cell,
            self.table,
            "|".join(self.variants),
            "|".join(self.row_group),
            self.row_title,
            self.column_group or "",
            self.column_title,
            self.unit or "",
            str(self.decimals),
            "true" if self.signed else "false",
        )


def code_book(form: Form, tables: Iterable[Table]) -> tuple[Entry, ...]:
    """An entry for every cell of the tables, in their order.

    A cell that all its variants describe alike has one entry; one whose titles differ between
    variants has an entry for each description.
    """
    described = {
        (name, variant): tuple(_entries(table))
        for name, variants in form.variants.items()
        for variant, table in variants.items()
    }
    holders: dict[Entry, list[str]] = {}
    for (_, variant), entries in described.items():
        for entry in entries:
            holders.setdefault(entry, []).append(variant)
    wanted = (entry for table in tables for entry in described[table.id, table.variant])
    return tuple(replace(entry, variants=tuple(holders[entry])) for entry in dict.fromkeys(wanted))


def _entries(table: Table) -> Iterator[Entry]:
    """The entries of one variant of a table, without the variants."""
    for block in table.blocks:
        title = (block.title,) if block.title else ()
        for row in block.rows:
            for column in block.columns:
                yield Entry(
                    cell=f"{table.id}.{row.id}.{column.id}",
                    table=table.id,
                    variants=(),
                    row_group=title + row.group,
                    row_title=row.title,
                    column_group=column.group,
                    column_title=column.title,
                    unit=AS_PRINTED if column.unit_as_printed else column.unit,
                    decimals=column.decimals,
                    signed=column.signed,
                )
