"""Which cell's number was put into a wrong cell, inferred from values since gold has no places.

A wrong cell shows a number. If exactly one other cell of its table that is not zero has that number
on the page, the number was most likely meant for that one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gouji.inference.scoring import Judged, entry, same

Json = Any
Pairs = Counter[tuple[str, str]]
"""(where the number belongs, where it was put), counted."""

_Owners = Mapping[tuple[str, Json], Sequence[str]]
"""The cells of a table, by id, that show a number which is not zero."""

_DECIMALS = 6  # as the scorer compares


class Cause(StrEnum):
    """What the number that was found at a wrong cell is."""

    MOVED = "moved"  # that of exactly one other cell of the table
    SEVERAL = "several"  # that of several other cells, so nothing tells which
    OWN = "own"  # what the page shows for this cell: its value was made another one
    UNKNOWN = "unknown"  # in no other cell of the table: zero, misread, or no cell's number
    NOTHING = "nothing"  # no number was found there, and the page shows one


@dataclass(slots=True)
class Confusion:
    """Wrong cells by cause, and of those that hold another cell's number, both cells."""

    causes: Counter[Cause] = field(default_factory=Counter)
    moved: Pairs = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        """Adds the wrong cells of a report; one that is lost has no numbers to place."""
        wrong = [cell for cell, counts in judged.cells.items() if not counts["right"]]
        if judged.report is None or judged.whole["lost"] or not wrong:
            return
        owners = _owners(judged)
        for cell in wrong:
            found = entry(judged.report, "cells", cell).get("printed")
            cause, owner = _cause(cell, found, judged, owners)
            self.causes[cause] += 1
            if owner is not None:
                self.moved[owner, cell] += 1

    @property
    def rows(self) -> Pairs:
        """The moved numbers by row, `TABLE.ROW`."""
        return _by(self.moved, row_of)

    @property
    def columns(self) -> Pairs:
        """The moved numbers by column, `TABLE.COLUMN`."""
        return _by(self.moved, column_of)


def row_of(cell: str) -> str:
    """The row of a cell.

    >>> row_of("requests.new.total")
    'requests.new'
    """
    return cell.rpartition(".")[0]


def column_of(cell: str) -> str:
    """The column of a cell, whatever its row.

    >>> column_of("requests.new.total")
    'requests.total'
    """
    return f"{_table(cell)}.{cell.rpartition('.')[2]}"


def _by(moved: Pairs, part: Callable[[str], str]) -> Pairs:
    pairs: Pairs = Counter()
    for (owner, cell), n in moved.items():
        pairs[part(owner), part(cell)] += n
    return pairs


def _owners(judged: Judged) -> _Owners:
    owners: dict[tuple[str, Json], list[str]] = defaultdict(list)
    for cell in judged.gold.cells:
        key = _key(_shown(judged, cell))
        if key:
            owners[_table(cell), key].append(cell)
    return owners


def _cause(cell: str, found: Json, judged: Judged, owners: _Owners) -> tuple[Cause, str | None]:
    if same(found, _shown(judged, cell)):
        return Cause.OWN, None
    key = _key(found)
    if key is None:
        return Cause.NOTHING, None
    others = owners.get((_table(cell), key), ())
    if len(others) == 1:
        return Cause.MOVED, others[0]
    return (Cause.SEVERAL if others else Cause.UNKNOWN), None


def _shown(judged: Judged, cell: str) -> Json:
    """The number that the page shows for a cell, by gold."""
    return judged.gold.printed.get(cell, judged.gold.cells[cell])


def _key(number: Json) -> Json:
    """What numbers that the scorer calls the same have in common; None for what is no number."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return round(number, _DECIMALS) if isinstance(number, float) else number


def _table(cell: str) -> str:
    return cell.partition(".")[0]
