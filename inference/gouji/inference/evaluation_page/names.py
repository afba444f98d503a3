"""Tables, rows, columns and cells in the words of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from gouji.inference.confusion import column_of, row_of
from gouji.model.form import Cell, Form
from gouji.model.wording import cell_words


@dataclass(frozen=True)
class Names:
    """The titles of a form; what the form does not have keeps its id."""

    form: Form

    @cached_property
    def _cells(self) -> Mapping[str, Cell]:
        """Every cell of every variant, those of the form's first combination before others."""
        variants = chain.from_iterable(kinds.values() for kinds in self.form.variants.values())
        tables = (*reversed(list(variants)), *self.form.tables(self.form.default))
        return {cell.id: cell for table in tables for cell in table.cells}

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        parts: dict[str, str] = {}
        for cell in self._cells.values():
            parts[row_of(cell.id)] = cell.row.title
            parts[column_of(cell.id)] = cell.column.title
        return parts

    def table(self, table: str) -> str:
        """The heading of the table's section, without its number."""
        heading = next((s.heading for s in self.form.sections if s.id == table), table)
        return heading.partition("、")[2] or heading

    def part(self, part: str) -> str:
        """The title of a row `TABLE.ROW` or a column `TABLE.COLUMN`."""
        return self._parts.get(part, part)

    def cell(self, cell: str) -> str:
        """The titles of a cell's row and column."""
        return cell_words(self._cells[cell]) if cell in self._cells else cell
