"""Corrections: what a person said stands in a cell, for sources known by their content."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from pathlib import Path

from gouji.model.errors import ConfigError
from gouji.model.form import Cell, Form, Table
from gouji.model.jsonl import dumps, read_lines
from gouji.model.mention import Number

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST = 10**12  # more than any report counts, and small enough for exact sums
_REPORT = re.compile(r"#[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Correction:
    """The true value of a cell, None for none, in the source with this content.

    `report` tells the reports of one source apart as their names do: `#2` is the second.
    """

    sha256: str
    cell: str
    value: Number | None
    report: str = "#1"


Values = Mapping[str, Mapping[str, Number | None]]
"""True values by cell id, by what the report's name ends in: nothing, `#2`, and so on."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a run, by the SHA-256 of the source."""

    by_source: Mapping[str, Values] = field(default_factory=dict)

    def of(self, sha256: str) -> Values:
        """The corrections of one source, none where it has none."""
        return self.by_source.get(sha256, {})

    def lacks(self, others: "Corrections") -> int:
        """How many cells the others correct and these do not."""
        return sum(
            cell not in self.of(sha256).get(report, {})
            for sha256, values in others.by_source.items()
            for report, cells in values.items()
            for cell in cells
        )

    def settings_sha256(self, settings_sha256: str, sha256: str) -> str:
        """The digest of the settings together with the corrections of one source."""
        if not (values := self.of(sha256)):
            return settings_sha256
        listed = sorted((report, sorted(cells.items())) for report, cells in values.items())
        return hashlib.sha256((settings_sha256 + dumps(listed)).encode()).hexdigest()


def lines_corrections(path: Path) -> Iterator[tuple[str, Correction]]:
    """The corrections in a JSONL file, each with its place for messages.

    Raises:
        OSError: the file can't be read.
        ValueError: a line of it is malformed; the line is named.
    """
    for number, line in enumerate(read_lines(path, Correction), start=1):
        yield f"{path}，第 {number} 条更正", line


def gathered(found: Iterable[tuple[str, Correction]], form: Form) -> Corrections:
    """The corrections by source; of two for the same cell the later one counts.

    Raises:
        ConfigError: there is no such cell, or it can't have that value; the place is named.
    """
    by_source: dict[str, dict[str, dict[str, Number | None]]] = {}
    for place, line in found:
        _check(line, form, place)
        reports = by_source.setdefault(line.sha256, {})
        suffix = "" if line.report == "#1" else line.report
        reports.setdefault(suffix, {})[line.cell] = _whole(line.value)
    return Corrections(by_source)


def _check(line: Correction, form: Form, place: str) -> None:
    if not _SHA256.fullmatch(line.sha256):
        raise ConfigError(f"{place}：sha256 应为 64 位小写十六进制数，现为 {line.sha256!r}")
    if not _REPORT.fullmatch(line.report):
        raise ConfigError(f'{place}：report 应形如 "#2"，现为 {line.report!r}')
    cells = [table.cell[line.cell] for table in _tables(form) if line.cell in table.cell]
    if not cells:
        raise ConfigError(f"{place}：表式 {form.id} 没有单元格 {line.cell!r}")
    if line.value is not None and not any(_fits(line.value, cell) for cell in cells):
        raise ConfigError(f"{place}：单元格 {line.cell} 不能为 {line.value}")


def _tables(form: Form) -> Iterable[Table]:
    return (table for variants in form.variants.values() for table in variants.values())


def _fits(value: Number, cell: Cell) -> bool:
    if not isfinite(value) or abs(value) > _LARGEST:
        return False
    whole = Decimal(str(value)) * cell.scale % 1 == 0
    return whole and (value >= 0 or cell.column.signed)


def _whole(value: Number | None) -> Number | None:
    return int(value) if isinstance(value, float) and value.is_integer() else value
