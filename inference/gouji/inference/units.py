"""Expected units: which of those that should have reported are missing or there twice."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gouji.inference.readers import Limits, read
from gouji.inference.writers.sheets import Row
from gouji.model.errors import ConfigError, ReadError
from gouji.model.folding import fold_char

_HEADINGS = frozenset({"单位", "单位名称", "机关", "名称", "unit", "name", "agency"})
MISSING = "缺"
_LEAST = 2  # characters of a name that may stand for a longer one


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whose report it is, as far as known; `report` is its name."""

    report: str
    agency: str | None
    year: int | None


def read_units(path: Path) -> tuple[str, ...]:
    """The names in the first column of a CSV file, a heading and empty lines left out.

    Raises:
        ConfigError: the file can't be read, holds no name, or one twice.
    """
    try:
        text = read(path, path.name, Limits()).text
    except ReadError as error:
        raise ConfigError(f"单位名单：{error}") from error
    names = [row[0].strip() for row in csv.reader(io.StringIO(text)) if row and row[0].strip()]
    if names and names[0].lower() in _HEADINGS:
        names = names[1:]
    if not names:
        raise ConfigError(f"单位名单 {path} 中没有单位；每行第一栏应为一个单位的名称")
    known: dict[str, str] = {}
    for name in names:
        if (key := _folded(name)) in known:
            raise ConfigError(f"单位名单 {path} 中有两个相同的单位：{known[key]}、{name}")
        known[key] = name
    return tuple(names)


def expected_rows(units: Sequence[str], reporters: Iterable[Reporter]) -> Iterator[Row]:
    """A row under `EXPECTED_HEADER` for each unit and year, and for reports of no unit.

    The years are those of the reports; a report of an unknown year counts for the only year there
    is, else it has a row of its own.
    """
    found: dict[tuple[str | None, int | None], list[str]] = defaultdict(list)
    all_reporters = list(reporters)
    known = sorted({r.year for r in all_reporters if r.year is not None})
    years: list[int | None] = [*known] or [None]
    folded = {unit: _folded(unit) for unit in units}
    for reporter in all_reporters:
        year = years[0] if reporter.year is None and len(years) == 1 else reporter.year
        found[_unit_of(reporter, folded), year].append(reporter.report)
    for unit in units:
        for year in years:
            yield (unit, year, _state(len(reports := found[unit, year])), "、".join(reports))
        if None not in years and (reports := found[unit, None]):
            yield (unit, None, "年度不明", "、".join(reports))
    for (unit_or_none, year), reports in found.items():
        if unit_or_none is None:
            yield from ((None, year, "不在名单中", report) for report in reports)


def _state(n: int) -> str:
    return (MISSING, "有")[n] if n < 2 else f"有 {n} 份"


def _unit_of(reporter: Reporter, folded: Mapping[str, str]) -> str | None:
    """The unit whose name is the agency's or the end of it, or else stands in the file's name.

    Of several the longest counts: 教育局 is in 某县教育局 but is not 某县教育局.
    """
    agency = _folded(reporter.agency or "")
    same = [unit for unit, key in folded.items() if agency and key == agency]
    ends = [
        unit
        for unit, key in folded.items()
        if min(len(key), len(agency)) >= _LEAST and (agency.endswith(key) or key.endswith(agency))
    ]
    name = _folded(reporter.report)
    named = [unit for unit, key in folded.items() if len(key) >= _LEAST and key in name]
    for candidates in (same, ends, named):
        if candidates:
            return max(candidates, key=lambda unit: len(folded[unit]))
    return None


def _folded(name: str) -> str:
    """The name without blanks and punctuation, widths and traditional characters made alike."""
    return "".join(map(fold_char, name))
