"""Rows that wait on the disk: a run of many reports has more to review than memory should hold."""

import json
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

from gouji.inference.writers.sheets import Row


class Spool:
    """Rows in the order in which they came, kept in a temporary file without a name."""

    def __init__(self) -> None:
        """An empty one."""
        self._file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed with the spool

    def extend(self, rows: Iterable[Row]) -> None:
        """Adds rows at the end.

        Raises:
            OSError: the disk is full.
        """
        for row in rows:
            self._file.write(json.dumps(list(row), ensure_ascii=False) + "\n")

    def __iter__(self) -> Iterator[Row]:
        """The rows from the first on; none may be added before the last was read."""
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)

    def close(self) -> None:
        """Gives the disk space back."""
        self._file.close()
