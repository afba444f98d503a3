"""Reports as JSON files in a folder: written, found again, and cleared of what is out of date."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path, PurePosixPath
from typing import Any

from gouji.inference.writers.outputs import (
    REPORT_LINES,
    REPORT_SUFFIX,
    WORKBOOK_SUFFIX,
    is_own_output,
    report_path,
)
from gouji.model.atomic import remove_leftovers, replacing, write_atomically
from gouji.model.form import Form
from gouji.model.jsonl import dumps, loads
from gouji.model.report import Report
from gouji.model.report_codec import report_from_dict, report_to_dict


def report_text(report: Report, form: Form) -> str:
    """The JSON of a report with a line for each cell, check, field and finding."""
    return _lines(report_to_dict(report, form), 2) + "\n"


def report_line(report: Report, form: Form) -> str:
    """The JSON of a report on one line."""
    return dumps(report_to_dict(report, form)) + "\n"


def numbered(name: str, index: int) -> str:
    """The name of the report with this index, from 0 on, in the source of this name."""
    return name if index == 0 else f"{name}#{index + 1}"


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """A folder that holds each report as `NAME.json`."""

    root: Path

    def path(self, name: str) -> Path:
        """Where the report of this name lies."""
        return report_path(self.root, name)

    def save(self, report: Report, form: Form) -> None:
        """Writes one report atomically.

        Raises:
            OSError: it can't be written.
        """
        write_atomically(self.path(report.source.name), report_text(report, form).encode())

    def load(self, name: str) -> Report | None:
        """The report of this name; None if there is none, or none that can be read back."""
        try:
            return report_from_dict(loads(self.path(name).read_text("utf-8")))
        except (OSError, ValueError):  # a damaged output is made anew
            return None

    def load_all(self, source: str) -> tuple[Report, ...]:
        """All reports of a source, none if one of them is missing."""
        first = self.load(source)
        if first is None:
            return ()
        further = [self.load(numbered(source, k)) for k in range(1, first.source.reports)]
        reports = [first, *(report for report in further if report is not None)]
        return tuple(reports) if len(reports) == first.source.reports else ()

    def stored(self, names: Iterable[str]) -> Iterator[Report]:
        """The reports of these names, read back one by one.

        Raises:
            OSError: one of them has gone or is damaged since it was written.
        """
        for name in names:
            report = self.load(name)
            if report is None:
                raise FileNotFoundError(ENOENT, "报告已不在或已损坏", str(self.path(name)))
            yield report

    def tidy(self, kept: Collection[str], sources: Collection[str]) -> None:
        """Removes what is left half written, and reports of these sources but the kept ones.

        Raises:
            OSError: something can't be removed.
        """
        for folder in {self.path(source).parent for source in sources}:
            if not folder.is_dir():
                continue
            remove_leftovers(folder)
            for path in list(folder.iterdir()):
                if path.suffix not in (REPORT_SUFFIX, WORKBOOK_SUFFIX) or not path.is_file():
                    continue
                name = path.relative_to(self.root).as_posix().removesuffix(path.suffix)
                source, _, number = name.rpartition("#")
                of_source = name in sources or (number.isdecimal() and source in sources)
                if of_source and name not in kept and is_own_output(path):
                    path.unlink()

    def remove_all(self) -> None:
        """Removes the folder with everything in it.

        Raises:
            OSError: something in it can't be removed.
        """
        if self.root.exists():
            shutil.rmtree(self.root)

    def join_lines(self, names: Iterable[str], path: Path) -> None:
        """Writes the reports of these names into one JSONL file, in this order.

        Raises:
            OSError: it can't be written.
        """
        with replacing(path) as stream:
            for name in names:
                data = loads(self.path(name).read_text("utf-8"))
                stream.write((dumps(data) + "\n").encode())

    def split_lines(self, path: Path) -> None:
        """Takes over the reports of a JSONL file that are not in the folder yet.

        Raises:
            OSError: the folder can't be written.
        """
        if not path.is_file():
            return
        with path.open("rb") as lines:
            for line in lines:
                self._take_over(line)

    def _take_over(self, line: bytes) -> None:
        try:
            data: Mapping[str, Any] = loads(line.decode())
            name = PurePosixPath(report_from_dict(data).source.name)
        except ValueError:  # a damaged line is made anew
            return
        if name.is_absolute() or ".." in name.parts or self.path(str(name)).exists():
            return
        write_atomically(self.path(str(name)), (_lines(data, 2) + "\n").encode())


def hidden_folder(out: Path) -> ReportFolder:
    """Where reports wait until they are joined into the JSONL file of the output folder."""
    return ReportFolder(out / ".gouji")


def lines_path(out: Path) -> Path:
    """The JSONL file of an output folder."""
    return out / REPORT_LINES


def _lines(value: Any, depth: int) -> str:
    if not depth or not value or not isinstance(value, dict | list):
        return dumps(value)
    if isinstance(value, list):
        return "[\n" + ",\n".join(_lines(item, depth - 1) for item in value) + "\n]"
    pairs = (f"{dumps(key)}: {_lines(item, depth - 1)}" for key, item in value.items())
    return "{\n" + ",\n".join(pairs) + "\n}"
