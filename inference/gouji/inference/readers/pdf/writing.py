"""The text of a PDF in the making, with the page and box of everything in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gouji.inference.readers.pdf.tables import Table
from gouji.inference.readers.pdf.words import Run
from gouji.model.document import Alternatives, Box, Place


@dataclass
class Writing:
    """Writes lines and tables; `places` are in the order of the text, tables count from 0."""

    parts: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    alternatives: list[Alternatives] = field(default_factory=list)
    n: int = 0
    n_tables: int = 0

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self.parts)

    def line(self, runs: Iterable[Run]) -> None:
        """Runs as a line, each behind its glue."""
        self._runs(runs)
        self._put("\n")

    def table(self, table: Table) -> None:
        """A table, a row a line and a cell boundary a tab; blank cells have their place too."""
        written = [row for row in table.rows if row]
        for number, row in enumerate(written):
            for column, cell in enumerate(row):
                where = (self.n_tables, number, column)
                self._put("\t" if column else "")
                if cell.runs:
                    self._runs(cell.runs, where)
                else:
                    self._place(self.n, cell.page, cell.box, where)
            self._put("\n")
        self.n_tables += 1

    def columns(self, rows: Sequence[Sequence[Run | None]]) -> None:
        """A table without lines; None where nothing stands."""
        for number, row in enumerate(rows):
            for column, run in enumerate(row):
                self._put("\t" if column else "")
                if run:
                    self._runs([run], (self.n_tables, number, column))
            self._put("\n")
        self.n_tables += 1

    def recognised(
        self, text: str, places: Iterable[Place], alternatives: Iterable[Alternatives]
    ) -> None:
        """The text of a recognised page, whose spans count from its own beginning."""
        n_tables = self.n_tables
        for place in places:
            table = None if place.table is None else place.table + n_tables
            self.n_tables = max(self.n_tables, 0 if table is None else table + 1)
            self.places.append(
                Place(
                    self._shifted(place.span), place.page, place.box, table, place.row, place.column
                )
            )
        for other in alternatives:
            self.alternatives.append(Alternatives(self._shifted(other.span), other.strings))
        self._put(text if text.endswith("\n") or not text else f"{text}\n")

    def _shifted(self, span: tuple[int, int]) -> tuple[int, int]:
        return span[0] + self.n, span[1] + self.n

    def _runs(
        self, runs: Iterable[Run], where: tuple[int | None, int | None, int | None] = (None,) * 3
    ) -> None:
        for run in runs:
            self._put(run.glue)
            start = self.n
            self._put(run.text)
            self._place(start, run.page, run.box, where)

    def _place(
        self, start: int, page: int, box: Box, where: tuple[int | None, int | None, int | None]
    ) -> None:
        table, row, column = where
        self.places.append(Place((start, self.n), page, box, table, row, column))

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.n += len(text)
