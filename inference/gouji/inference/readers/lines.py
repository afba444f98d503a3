"""Lines: the text of a source with markup in the making, a row a line, a cell boundary a tab."""

import re
from dataclasses import dataclass, field
from typing import Any

from gouji.model.document import Place

_WHITE = re.compile(r"[ \t\r\n\f]+")
_EMPTY = "\u00a0\u3000 \t\n"


@dataclass
class _Table:
    """An open table of rows and cells; `cell` is where the text of the open cell begins."""

    number: int
    row: int = -1
    column: int = -1
    cell: int | None = None


@dataclass
class Lines:
    """Writes blocks as lines, rows as lines and cells between tabs.

    Within a cell blocks are parted by a blank. Blanks are held back until words follow them on
    their line. `places` has the cells that have been closed, in the order of their end; tables,
    rows and columns count from 0.
    """

    parts: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    n: int = 0
    _last: str = "\n"
    _blank: bool = False
    _tables: list[_Table] = field(default_factory=list)
    _n_tables: int = 0

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self.parts)

    @property
    def is_blank(self) -> bool:
        """Whether nothing but white space has been written."""
        return not self.text.strip(_EMPTY)

    @property
    def in_cell(self) -> bool:
        """Whether a cell is open."""
        return bool(self._tables) and self._tables[-1].cell is not None

    def words(self, text: str | None) -> None:
        """Text of the source, its white space folded to blanks."""
        folded = _WHITE.sub(" ", text or "")
        words = folded.strip(" ")
        self._blank |= folded.startswith(" ")
        if words:
            self._put(" " if self._blank and self._last not in "\t\n" else "")
            self._put(words)
            self._blank = folded.endswith(" ")

    def block(self) -> None:
        """The edge of a block: a line end if a line has begun, in a cell a blank."""
        if self.in_cell:
            self._blank = True
        else:
            self._boundary("\n")

    def tab(self) -> None:
        """A tab of the source; in a cell a blank."""
        if self.in_cell:
            self._blank = True
        else:
            self._boundary("\t")

    def open_table(self) -> None:
        """A table begins on a line of its own."""
        self._boundary("\n")
        self._tables.append(_Table(self._n_tables))
        self._n_tables += 1

    def close_table(self) -> None:
        """The table ends, and a cell of it that is still open."""
        self.close_cell()
        self._tables.pop()
        self.block()

    def open_row(self) -> None:
        """A row begins on a line of its own."""
        self.close_cell()
        self._boundary("\n")
        table = self._tables[-1]
        table.row, table.column = table.row + 1, -1

    def open_cell(self) -> None:
        """A cell begins, behind a tab unless it is the first of its row."""
        self.close_cell()
        table = self._tables[-1]
        if table.column >= 0:
            self._boundary("\t")
        table.column += 1
        table.cell = self.n

    def close_cell(self) -> None:
        """The cell ends, if one is open."""
        table = self._tables[-1]
        if table.cell is not None:
            span = (table.cell, self.n)
            self.places.append(
                Place(span, table=table.number, row=max(table.row, 0), column=table.column)
            )
            table.cell = None

    def _boundary(self, char: str) -> None:
        self._blank = False
        if char == "\t" or self._last != "\n":
            self._put(char)

    def _put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.n += len(text)
            self._last = text[-1]


def frames(root: Any, *tags: str) -> frozenset[Any]:
    """The tables of an element tree that hold tables; `tags` are the names that tables go by."""
    found: set[Any] = set()
    for table in root.iter(*tags):
        for outer in table.iterancestors(*tags):
            if outer in found:
                break
            found.add(outer)
    return frozenset(found)
