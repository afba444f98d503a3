"""The form as data: tables, cells, fields and the identities between cells.

A form file holds every revision of one official form. A *variant* is one revision of one table;
a report may combine variants of different revisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a block; `group` is the heading that spans it and its neighbours."""

    id: str
    title: str
    group: str | None = None
    unit: str | None = None
    decimals: int = 0
    signed: bool = False
    unit_as_printed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a block; `group` lists the headings that span it, outermost first."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one set of columns; `title` is printed above them if there is one."""

    title: str | None
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the form; `id` is TABLE.ROW.COLUMN."""

    id: str
    table: str
    row: Row
    column: Column

    @property
    def scale(self) -> int:
        """How many of the cell's smallest units make one of its units (10 ** decimals)."""
        return int(10**self.column.decimals)


@dataclass(frozen=True, slots=True)
class Equation:
    """An identity over concrete cells: the signed sum of the terms is zero.

    `left` and `right` list the cells of the two sides as the form states them; `id` is
    TABLE.IDENTITY.ROW-OR-COLUMN.
    """

    id: str
    identity: str
    table: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def terms(self) -> tuple[tuple[int, str], ...]:
        """(+1, cell) for the left side, (-1, cell) for the right."""
        return tuple((1, cell) for cell in self.left) + tuple((-1, cell) for cell in self.right)

    @property
    def text(self) -> str:
        """The equation with cell ids, `a + b = c + d`."""
        return f"{' + '.join(self.left)} = {' + '.join(self.right)}"


@dataclass(frozen=True)
class Table:
    """One variant of a table.

    `side_by_side` means that its rows are printed next to each other on one line.
    """

    id: str
    variant: str
    blocks: tuple[Block, ...]
    equations: tuple[Equation, ...]
    side_by_side: bool = False

    def __hash__(self) -> int:
        """A cheap hash: tables are keys of caches."""
        return hash((self.id, self.variant))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells in reading order."""
        return tuple(
            Cell(f"{self.id}.{row.id}.{column.id}", self.id, row, column)
            for block in self.blocks
            for row in block.rows
            for column in block.columns
        )

    @cached_property
    def cell(self) -> Mapping[str, Cell]:
        """Cells by id."""
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def lines(self) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        """(line id, cells in reading order) for every printed line.

        The id is TABLE.ROW, or TABLE alone for a table whose rows stand side by side.
        """
        if self.side_by_side:
            return ((self.id, self.cells),)
        lines: dict[str, list[Cell]] = {}
        for cell in self.cells:
            lines.setdefault(f"{self.id}.{cell.row.id}", []).append(cell)
        return tuple((line, tuple(cells)) for line, cells in lines.items())

    @cached_property
    def neighbours(self) -> tuple[tuple[str, str], ...]:
        """The cells side by side in a line, or one below the other in lines that follow."""
        lines = [cells for _, cells in self.lines]
        beside = [(left.id, right.id) for cells in lines for left, right in pairwise(cells)]
        below = [
            (upper.id, lower.id)
            for above, under in pairwise(lines)
            for upper in above
            for lower in under
            if upper.column.id == lower.column.id
        ]
        return (*beside, *below)


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A section of the form, with the headings it is known by."""

    id: str
    heading: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A value outside the tables; `type` is text, year, date, count or money."""

    id: str
    type: str
    unit: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An expectation between numbers, as the form file words it; a breach is only a finding."""

    id: str
    kind: str
    equation: str


@dataclass(frozen=True)
class Form:
    """An official form with all its revisions.

    `combinations` maps a form id (`ogi-2021`) to the variant of each table; `variants` maps a
    table id to its variants in the order of the file.
    """

    id: str
    title: str
    combinations: Mapping[str, Mapping[str, str]]
    sections: tuple[SectionKind, ...]
    fields: tuple[FieldKind, ...]
    variants: Mapping[str, Mapping[str, Table]]
    links: tuple[Link, ...]
    sha256: str

    def __hash__(self) -> int:
        """A cheap hash: forms are keys of caches."""
        return hash(self.sha256)

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The tables in the order of the form."""
        return tuple(self.variants)

    @property
    def default(self) -> str:
        """The first combination of the file: what is assumed when nothing tells the variant."""
        return next(iter(self.combinations))

    def tables(self, combination: str) -> tuple[Table, ...]:
        """The tables of a combination such as `ogi-2021`; KeyError if there is none."""
        chosen = self.combinations[combination]
        return tuple(self.variants[table][chosen[table]] for table in self.table_ids)

    def combination_of(self, variants: Mapping[str, str]) -> str:
        """The form id for the variants found per table; `mixed` if no combination has them."""
        for name, combination in self.combinations.items():
            if all(combination[table] == variant for table, variant in variants.items()):
                return name
        return "mixed"
